#include "runtime/stores/section.hpp"

#include <algorithm>

#include "base/redact.hpp"
#include "runtime/stores/builtin.hpp"
#include "runtime/stores/servers.hpp"

namespace loquat::runtime {
namespace {

void check(const Config& config, const std::vector<StoreAdapter>& adapters,
           ConfigFindings& findings) {
    const auto stores = config.get<StoreConfig>("store");
    wire::for_each_member<StoreConfig>([&](std::string_view need, auto member) {
        const auto& [kind, url] = stores.*member;
        const std::string kinds = kinds_of(need, adapters);
        const ServerKind* const server = find_server(kind);
        const bool is_known = std::ranges::any_of(adapters, [&](const StoreAdapter& adapter) {
            return adapter.need == need && adapter.kind == kind;
        });
        // A need that nobody here meets is nobody's.
        if (!kinds.empty() && !is_known) {
            findings.add("store." + std::string{need} + ".kind",
                         "must be one of " + kinds + ", not " + kind);
        } else if (is_known && (server != nullptr) != !url.empty()) {
            findings.add("store." + std::string{need} + ".url",
                         url.empty() ? "must say where the server of " + kind + " is"
                                     : "is of no use: " + kind + " has no server");
        } else if (is_known && server != nullptr && !server->is_url(url)) {
            findings.add(
                "store." + std::string{need} + ".url",
                "must be " + std::string{server->url_form} + ", not " + hide_credentials(url));
        }
    });
}

}  // namespace

ConfigSection store_section(std::vector<StoreAdapter> adapters) {
    return config_section<StoreConfig>(
        "store",
        [all = with_builtin(std::move(adapters))](const Config& config, ConfigFindings& findings) {
            check(config, all, findings);
        });
}

}  // namespace loquat::runtime
