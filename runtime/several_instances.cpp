#include "runtime/several_instances.hpp"

#include <algorithm>

namespace loquat::runtime {
namespace {

struct OwnKind {
    std::string_view need;
    const StoreKind& chosen;
    std::string_view own;   // the kind that only one process can use
    std::string_view mend;  // what several can
};

}  // namespace

void check_several(const StoreConfig& store, const std::string& setting,
                   std::initializer_list<std::string_view> needs, ConfigFindings& findings) {
    const OwnKind kinds[] = {
        {"sql", store.sql, "sqlite", "a database of several processes, such as postgres"},
        {"log", store.log, "files", "a log at a server"},
        {"broadcast", store.broadcast, "local", "a broadcast at a server"}};
    for (const OwnKind& kind : kinds) {
        const bool is_needed = std::ranges::find(needs, kind.need) != needs.end();
        if (is_needed && kind.chosen.kind == kind.own) {
            findings.add(setting, "several instances need " + std::string{kind.mend} + ": store." +
                                      std::string{kind.need} + ".kind is " + kind.chosen.kind +
                                      ", which one process has for itself");
        }
    }
}

}  // namespace loquat::runtime
