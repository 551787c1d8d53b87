#include "services/config/front/front.hpp"

#include <algorithm>

#include "base/failure.hpp"
#include "base/text.hpp"
#include "services/config/domain/names.hpp"
#include "services/config/domain/properties.hpp"
#include "services/config/front/writers.hpp"

namespace loquat::config {
namespace {

constexpr std::string_view cipher_mark = "{cipher}";
constexpr std::string_view v2_type = "application/vnd.spring-cloud.config-server.v2+json";
constexpr std::string_view text_type = "text/plain;charset=UTF-8";

ConfigReply reply(std::string_view type, std::string body) {
    return {.status = 200, .type = std::string{type}, .body = std::move(body)};
}

ConfigReply refuse_cipher(int status, std::string_view name, std::string_view description) {
    return {.status = status,
            .type = "application/json",
            .body = "{\"description\":\"" + std::string{description} + "\",\"status\":\"" +
                    std::string{name} + "\"}"};
}

[[noreturn]] void refuse_name(std::string field) {
    throw invalid_field(std::move(field), "format", "is no name here");
}

bool has_query(const ConfigRequest& request, std::string_view name, std::string_view wanted) {
    return std::ranges::any_of(request.query, [&](const auto& one) {
        return one.first == name && (wanted.empty() || one.second == wanted);
    });
}

std::vector<std::string> owned(std::string_view text) {
    std::vector<std::string> parts;
    for (const std::string_view part : split(text, ',')) {
        parts.emplace_back(trim(part));
    }
    return parts;
}

// `{key:alias}` and `{secret:...}` before the text of a cipher say which key; there is one here.
std::string_view without_marks(std::string_view text) {
    while (text.starts_with('{')) {
        const std::size_t end = text.find('}');
        if (end == std::string_view::npos || text.starts_with("{plain}")) {
            break;
        }
        text.remove_prefix(end + 1);
    }
    return text;
}

std::string join(std::span<const std::string> path, std::size_t from) {
    std::string out;
    for (std::size_t i = from; i < path.size(); ++i) {
        out += (out.empty() ? "" : "/") + path[i];
    }
    return out;
}

// `conf/nginx-dev.conf` before `conf/nginx.conf`.
std::vector<std::string> candidates(const std::string& path,
                                    std::span<const std::string> profiles) {
    std::vector<std::string> all;
    const std::size_t slash = path.rfind('/');
    const std::size_t dot = path.rfind('.');
    const bool has_dot = dot != std::string::npos && (slash == std::string::npos || dot > slash);
    for (auto profile = profiles.rbegin(); profile != profiles.rend(); ++profile) {
        all.push_back(has_dot ? path.substr(0, dot) + "-" + *profile + path.substr(dot)
                              : path + "-" + *profile);
    }
    all.push_back(path);
    return all;
}

}  // namespace

Environment ConfigFront::environment(std::string_view application, std::string_view profiles,
                                     std::optional<std::string_view> label) const {
    const std::string name = with_slashes(application);
    if (!is_application(name)) {
        refuse_name("application");
    }
    const auto known = read_profiles(profiles);
    if (!known) {
        refuse_name("profiles");
    }
    const std::string wanted = label ? with_slashes(*label) : snapshots_.default_label();
    if (label && !is_label(wanted)) {
        refuse_name("label");
    }
    const auto snapshot = snapshots_.find(wanted);
    if (!snapshot) {
        throw Failure{Kind::not_found, "config.unknown_label", "There is no label " + wanted + "."};
    }
    const std::vector<std::string> applications = owned(name);
    for (const std::string& stem : stems_of(applications, *known)) {
        if (const auto broken = snapshot->broken.find(stem); broken != snapshot->broken.end()) {
            throw Failure{Kind::internal, "config.malformed", broken->second};
        }
    }
    Environment environment{.name = std::string{application},
                            .profiles = {std::string{profiles}},
                            .label = label ? std::optional{wanted} : std::nullopt,
                            .version = snapshot->version,
                            .sources = {}};
    environment.sources =
        order_sources(snapshot->configs, applications, *known, settings_.overrides);
    decrypt_values(environment);
    return environment;
}

void ConfigFront::decrypt_values(Environment& environment) const {
    if (cipher_ == nullptr) {
        return;
    }
    for (PropertySource& source : environment.sources) {
        for (Entry& entry : source.entries) {
            const std::string* text = entry.value.if_string();
            if (text == nullptr || !text->starts_with(cipher_mark)) {
                continue;
            }
            const auto inner = without_marks(std::string_view{*text}.substr(cipher_mark.size()));
            if (auto plain = cipher_->decrypt(inner)) {
                entry.value = *std::move(plain);
            } else {
                entry.key = "invalid." + entry.key;
                entry.value = "<n/a>";
            }
        }
    }
}

ConfigReply ConfigFront::answer(const ConfigRequest& request) const {
    const auto& path = request.path;
    if (request.method == "POST" && !path.empty() && path[0] == "encrypt") {
        return encrypt(request);
    }
    if (request.method == "POST" && !path.empty() && path[0] == "decrypt") {
        return decrypt(request);
    }
    if (request.method != "GET" && request.method != "HEAD") {
        return {.status = 405, .type = {}, .body = {}};
    }
    return answer_get(request);
}

ConfigReply ConfigFront::answer_get(const ConfigRequest& request) const {
    const auto& path = request.path;
    if (path.size() == 2 && path[0] == "encrypt" && path[1] == "status") {
        return cipher_ != nullptr ? reply("application/json", R"({"status":"OK"})")
                                  : refuse_cipher(404, "NO_KEY", "No key was installed");
    }
    if (!path.empty() && path[0] == "key" && path.size() != 2) {
        const std::string pem = cipher_ != nullptr ? cipher_->public_pem() : std::string{};
        return pem.empty() ? refuse_cipher(404, "NOT_FOUND", "No public key available")
                           : reply("text/plain", pem);
    }
    switch (path.size()) {
        case 1:
            return show_file(request, path[0], std::nullopt);
        case 2:
            if (read_file_request(path[1])) {
                return show_file(request, path[1], path[0]);
            }
            return show_environment(request);
        case 3:
            return has_query(request, "useDefaultLabel", "") ? show_plain(request)
                                                             : show_environment(request);
        case 0:
            return {.status = 404, .type = {}, .body = {}};
        default:
            return show_plain(request);
    }
}

ConfigReply ConfigFront::show_environment(const ConfigRequest& request) const {
    const auto& path = request.path;
    const auto label = path.size() > 2 ? std::optional<std::string_view>{path[2]} : std::nullopt;
    const Environment found = environment(path[0], path[1], label);
    if (found.sources.empty() && !settings_.accepts_empty) {
        return {.status = 404, .type = {}, .body = {}};
    }
    const bool has_origins = request.accept.find(v2_type) != std::string_view::npos;
    return reply(has_origins ? v2_type : "application/json", environment_json(found, has_origins));
}

ConfigReply ConfigFront::show_file(const ConfigRequest& request, const std::string& name,
                                   std::optional<std::string_view> label) const {
    const auto file = read_file_request(name);
    if (!file || file->profiles.find('-') != std::string::npos) {
        return {.status = 404, .type = {}, .body = {}};
    }
    const Environment found = environment(file->application, file->profiles, label);
    std::vector<Entry> entries = merge(found.sources);
    if (!has_query(request, "resolvePlaceholders", "false")) {
        for (Entry& entry : entries) {
            if (const std::string* text = entry.value.if_string()) {
                entry.value = resolve(*text, entries);
            }
        }
    }
    if (file->extension == "properties") {
        std::ranges::sort(entries, {}, &Entry::key);
        return reply(text_type, write_properties(entries));
    }
    const wire::Value tree = to_tree(entries);
    return file->extension == "json" ? reply("application/json", wire::to_json(tree))
                                     : reply(text_type, to_yaml(tree));
}

ConfigReply ConfigFront::show_plain(const ConfigRequest& request) const {
    const auto& path = request.path;
    const bool is_default = has_query(request, "useDefaultLabel", "");
    const std::string wanted = is_default ? snapshots_.default_label() : with_slashes(path[2]);
    const std::string inner = join(path, is_default ? 2 : 3);
    const auto profiles = read_profiles(path[1]);
    if (!profiles || !is_application(with_slashes(path[0])) || !is_label(wanted) ||
        !is_inner_path(inner)) {
        return {.status = 400, .type = {}, .body = {}};
    }
    const auto snapshot = snapshots_.find(wanted);
    if (!snapshot) {
        return {.status = 404, .type = {}, .body = {}};
    }
    for (const std::string& candidate : candidates(inner, *profiles)) {
        const auto file = snapshot->files.find(candidate);
        if (file == snapshot->files.end()) {
            continue;
        }
        const bool is_raw =
            request.accept.find("application/octet-stream") != std::string_view::npos;
        if (is_raw) {
            return reply("application/octet-stream", file->second.text);
        }
        const Environment found = environment(path[0], path[1], wanted);
        return reply(text_type, resolve(file->second.text, merge(found.sources)));
    }
    return {.status = 404, .type = {}, .body = {}};
}

ConfigReply ConfigFront::encrypt(const ConfigRequest& request) const {
    if (cipher_ == nullptr) {
        return refuse_cipher(404, "NO_KEY", "No key was installed for encryption service");
    }
    return reply("text/plain", cipher_->encrypt(request.body));
}

ConfigReply ConfigFront::decrypt(const ConfigRequest& request) const {
    if (cipher_ == nullptr) {
        return refuse_cipher(404, "NO_KEY", "No key was installed for encryption service");
    }
    std::string_view text = trim(request.body);
    if (text.starts_with(cipher_mark)) {
        text.remove_prefix(cipher_mark.size());
    }
    const auto plain = cipher_->decrypt(without_marks(text));
    return plain ? reply("text/plain", *plain)
                 : refuse_cipher(400, "INVALID", "Text not encrypted with this key");
}

}  // namespace loquat::config
