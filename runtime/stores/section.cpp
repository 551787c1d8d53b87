#include "runtime/stores/section.hpp"

#include <algorithm>

#include "runtime/stores/builtin.hpp"

namespace loquat::runtime {
namespace {

void check(const Config& config, ConfigFindings& findings) {
    const auto stores = config.get<StoreConfig>("store");
    const std::vector<StoreAdapter> adapters = builtin_stores();
    wire::for_each_member<StoreConfig>([&](std::string_view need, auto member) {
        const std::string& kind = (stores.*member).kind;
        const bool is_known = std::ranges::any_of(adapters, [&](const StoreAdapter& adapter) {
            return adapter.need == need && adapter.kind == kind;
        });
        if (!is_known) {
            findings.add("store." + std::string{need} + ".kind",
                         "must be one of " + kinds_of(need, adapters) + ", not " + kind);
        }
    });
}

}  // namespace

ConfigSection store_section() { return config_section<StoreConfig>("store", check); }

}  // namespace loquat::runtime
