#include "runtime/platform/platform_section.hpp"

#include <algorithm>

#include "base/redact.hpp"
#include "base/text.hpp"
#include "net/http/client.hpp"
#include "runtime/config/server.hpp"
#include "runtime/discovery/registry_address.hpp"
#include "runtime/platform/platform_config.hpp"

namespace loquat::runtime {
namespace {

std::string numbered(const char* path, std::size_t index) {
    return path + ("[" + std::to_string(index) + "]");
}

void check_urls(const Config& config, const std::vector<ServiceUrl>& urls, bool is_mutual,
                ConfigFindings& findings) {
    std::vector<std::string> known = config.section_names();
    std::erase(known, "platform");
    for (std::size_t i = 0; i < urls.size(); ++i) {
        const std::string here = numbered("platform.urls", i);
        // A route may be for a server of somebody else.
        const auto origin = net::http::Origin::parse(urls[i].url);
        const bool is_ours = std::ranges::find(known, urls[i].service) != known.end();
        const bool has_tls = origin && origin->scheme == net::http::Scheme::https;
        if (!origin || (is_ours && has_tls != is_mutual)) {
            findings.add(here + ".url",
                         std::string{"must be of the form "} +
                             (is_ours && is_mutual
                                  ? "https://host:port while platform.tls.certificate is set, not "
                                  : "http://host:port, not ") +
                             hide_credentials(urls[i].url));
        }
        const auto is_same = [&](const ServiceUrl& one) {
            return one.service == urls[i].service && one.url == urls[i].url;
        };
        if (std::find_if(urls.begin(), urls.begin() + static_cast<std::ptrdiff_t>(i), is_same) !=
            urls.begin() + static_cast<std::ptrdiff_t>(i)) {
            findings.add(
                here, "comes twice: " + urls[i].service + " at " + hide_credentials(urls[i].url));
        }
        const auto near = suggest(urls[i].service, known);
        if (near && *near != urls[i].service) {
            findings.add(here + ".service",
                         "is no service: " + urls[i].service + "; did you mean " + *near + "?");
        }
    }
}

void check_origins(const std::vector<std::string>& origins, ConfigFindings& findings) {
    for (std::size_t i = 0; i < origins.size(); ++i) {
        if (!net::http::Origin::parse(origins[i]) || origins[i].ends_with('/')) {
            findings.add(numbered("platform.origins", i),
                         "must be of the form https://host or https://host:port, not " +
                             hide_credentials(origins[i]));
        }
    }
}

void check_config_server(const PlatformConfig& platform, ConfigFindings& findings) {
    for (std::size_t i = 0; i < platform.config_server.size(); ++i) {
        if (!parse_config_server(platform.config_server[i])) {
            findings.add(numbered("platform.config_server", i),
                         "must be of the form http://host:port, not " +
                             hide_credentials(platform.config_server[i]));
        }
    }
    constexpr std::string_view letters =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.+@-,";
    if (platform.profile.find_first_not_of(letters) != std::string::npos) {
        findings.add("platform.profile", "must be names such as dev,eu");
    }
    if (platform.config_label.find_first_not_of(std::string{letters} + "/") != std::string::npos) {
        findings.add("platform.config_label", "must be the name of a branch or tag");
    }
}

void check_registries(const std::vector<std::string>& registries, ConfigFindings& findings) {
    for (std::size_t i = 0; i < registries.size(); ++i) {
        if (!RegistryAddress::parse(registries[i])) {
            findings.add(
                numbered("platform.registry", i),
                "must be of the form http://host:port, not " + hide_credentials(registries[i]));
        }
    }
}

void check_tls(const PlatformTlsConfig& tls, ConfigFindings& findings) {
    if (tls.certificate.empty() != tls.key.empty()) {
        const std::string certificate = "platform.tls.certificate";
        const std::string key = "platform.tls.key";
        findings.add(tls.key.empty() ? certificate : key,
                     "needs " + (tls.key.empty() ? key : certificate) + " beside it");
    } else if (!tls.certificate.empty() && tls.ca.empty()) {
        findings.add("platform.tls.ca", "is needed beside certificate and key");
    }
}

void check(const Config& config, ConfigFindings& findings) {
    const auto platform = config.get<PlatformConfig>("platform");
    check_config_server(platform, findings);
    check_tls(platform.tls, findings);
    check_urls(config, platform.urls, !platform.tls.certificate.empty(), findings);
    check_registries(platform.registry, findings);
    check_origins(platform.origins, findings);
}

}  // namespace

ConfigSection platform_section() {
    ConfigSection section = config_section<PlatformConfig>("platform", check);
    section.renamed = {{"gateway.origins", "origins"},
                       {"realtime.origins", "origins"},
                       {"auth.origins", "origins"}};
    return section;
}

}  // namespace loquat::runtime
