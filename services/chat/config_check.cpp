#include "services/chat/config_check.hpp"

#include <algorithm>

#include "runtime/store_config.hpp"
#include "services/chat/config.hpp"

namespace loquat::chat {
namespace {

struct OwnKind {
    std::string_view need;
    const runtime::StoreKind& chosen;
    std::string_view own;   // the kind that only one process can use
    std::string_view mend;  // what several can
};

}  // namespace

void check_config(const runtime::Config& config, runtime::ConfigFindings& findings) {
    if (config.get<ChatConfig>("chat").instances == Instances::one) {
        return;
    }
    const auto store = config.get<runtime::StoreConfig>("store");
    const OwnKind kinds[] = {
        {"sql", store.sql, "sqlite", "a database of several processes, such as postgres"},
        {"log", store.log, "files", "a log at a server"},
        {"broadcast", store.broadcast, "local", "a broadcast at a server"}};
    for (const OwnKind& kind : kinds) {
        if (kind.chosen.kind == kind.own) {
            findings.add("chat.instances", "several instances need " + std::string{kind.mend} +
                                               ": store." + std::string{kind.need} + ".kind is " +
                                               kind.chosen.kind +
                                               ", which one process has for itself");
        }
    }
}

}  // namespace loquat::chat
