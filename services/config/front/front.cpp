#include "services/config/front/front.hpp"

#include <algorithm>

#include "base/cut.hpp"
#include "base/failure.hpp"
#include "base/http_date.hpp"
#include "base/text.hpp"
#include "services/config/domain/names.hpp"
#include "services/config/domain/properties.hpp"
#include "services/config/front/ciphers.hpp"
#include "services/config/front/writers.hpp"

namespace loquat::config {
namespace {

constexpr std::string_view v2_type = "application/vnd.spring-cloud.config-server.v2+json";
constexpr std::string_view text_type = "text/plain;charset=UTF-8";
constexpr std::size_t labels_max = 8;

ConfigReply reply(std::string_view type, std::string body) {
    return {.status = 200, .type = std::string{type}, .body = std::move(body)};
}

ConfigReply status_only(int status) { return {.status = status, .type = {}, .body = {}}; }

[[noreturn]] void refuse_name(const char* what, std::string_view name) {
    constexpr std::size_t shown_max = 200;
    const std::string shown{is_utf8(name) ? cut_text(name, shown_max) : "it is no UTF-8"};
    throw Failure{Kind::malformed, "config.bad_name",
                  "This is not the name of " + std::string{what} + ": " + shown};
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

std::string join(std::span<const std::string> path, std::size_t from) {
    std::string out;
    for (std::size_t i = from; i < path.size(); ++i) {
        out += (i == from ? "" : "/") + path[i];
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

// A file whose top is a list or a value has all of it under this name.
wire::Value without_document(wire::Value tree) {
    const wire::Object* members = tree.if_object();
    const bool is_wrapped =
        members != nullptr && members->size() == 1 && members->front().first == "document";
    return is_wrapped ? members->front().second : tree;
}

}  // namespace

struct ConfigFront::Ask {
    enum class What { nothing, environment, file, plain };
    What what = What::nothing;
    std::string application;            // as it was asked for
    std::string profiles;               // likewise
    std::optional<std::string> label;   // likewise, with slashes
    std::string extension;              // of a file
    std::string inner;                  // path of a plain file
    std::vector<std::string> labels{};  // the strongest first
    Wanted wanted{};
};

ConfigFront::Ask ConfigFront::read(const ConfigRequest& request) const {
    const auto& path = request.path;
    Ask ask;
    const auto file =
        path.empty() || path.size() > 2 ? std::nullopt : read_file_request(path.back());
    const bool is_default = has_query(request, "useDefaultLabel", "");
    if (file) {
        ask.what = Ask::What::file;
        ask.application = file->application;
        ask.profiles = file->profiles;
        ask.extension = file->extension;
        ask.label = path.size() == 2 ? std::optional{with_slashes(path[0])} : std::nullopt;
    } else if (path.size() < 2) {
        return ask;
    } else {
        const bool is_plain = path.size() > 3 || (path.size() == 3 && is_default);
        if (path.size() == 2 && has_file_extension(path[1])) {
            return ask;  // `app/dev.yml` is neither a file nor a profile
        }
        ask.what = is_plain ? Ask::What::plain : Ask::What::environment;
        ask.application = path[0];
        ask.profiles = path[1];
        const bool has_label = path.size() > 2 && !(is_plain && is_default);
        ask.label = has_label ? std::optional{with_slashes(path[2])} : std::nullopt;
        ask.inner = is_plain ? join(path, has_label ? 3 : 2) : std::string{};
    }
    const std::string name = with_slashes(ask.application);
    if (!is_application(name)) {
        refuse_name("an application", name);
    }
    auto profiles = read_profiles(ask.profiles);
    if (!profiles) {
        refuse_name("a profile", ask.profiles);
    }
    ask.labels = ask.label ? owned(*ask.label) : std::vector<std::string>{""};
    std::ranges::reverse(ask.labels);
    if (ask.label &&
        (ask.labels.size() > labels_max || !std::ranges::all_of(ask.labels, is_label))) {
        refuse_name("a label", *ask.label);
    }
    if (ask.what == Ask::What::plain && !is_inner_path(ask.inner)) {
        refuse_name("a file", ask.inner);
    }
    ask.wanted = {.applications = owned(name), .profiles = *std::move(profiles)};
    return ask;
}

std::vector<std::string> ConfigFront::labels_of(const ConfigRequest& request) const {
    const bool is_read = request.method == "GET" || request.method == "HEAD";
    return is_read && !answer_cipher(request, cipher_) ? read(request).labels
                                                       : std::vector<std::string>{};
}

ConfigReply ConfigFront::answer(const ConfigRequest& request, Snapshots snapshots) const {
    if (auto reply_of_cipher = answer_cipher(request, cipher_)) {
        return *std::move(reply_of_cipher);
    }
    if (request.method != "GET" && request.method != "HEAD") {
        return status_only(405);
    }
    const Ask ask = read(request);
    switch (ask.what) {
        case Ask::What::nothing:
            return status_only(404);
        case Ask::What::environment:
            return show_environment(request, ask, snapshots);
        case Ask::What::file:
            return show_file(request, ask, snapshots);
        case Ask::What::plain:
            return show_plain(request, ask, snapshots);
    }
    return status_only(404);
}

const Snapshot::Parsed& ConfigFront::parsed(const Snapshot& snapshot,
                                            const std::string& path) const {
    const auto known = snapshot.parsed.find(path);
    if (known != snapshot.parsed.end()) {
        return known->second;
    }
    Snapshot::Parsed made;
    try {
        made.documents = reader_.read(path, snapshot.files.at(path).text);
    } catch (const Failure& failure) {
        made.trouble = path + ": " + failure.message;
    }
    return snapshot.parsed.emplace(path, std::move(made)).first->second;
}

std::vector<PropertySource> ConfigFront::sources(const Wanted& wanted,
                                                 const Snapshot& snapshot) const {
    const auto folders = folders_of(settings_.search_paths, wanted, snapshot.files);
    std::vector<ConfigFile> found;
    for (const std::string& stem : stems_of(wanted.applications, wanted.profiles)) {
        for (auto folder = folders.rbegin(); folder != folders.rend(); ++folder) {
            for (const char* extension : {".properties", ".yml", ".yaml"}) {
                const std::string path = *folder + stem + extension;
                if (!snapshot.files.contains(path)) {
                    continue;
                }
                const Snapshot::Parsed& file = parsed(snapshot, path);
                if (!file.trouble.empty()) {
                    throw Failure{Kind::internal, "config.malformed", file.trouble};
                }
                found.push_back({.stem = stem,
                                 .name = snapshot.name_prefix + path,
                                 .documents = file.documents});
            }
        }
    }
    auto ordered = order_sources(found, wanted.applications, wanted.profiles, settings_.overrides);
    decrypt(ordered);
    return ordered;
}

std::vector<PropertySource> ConfigFront::all_sources(const Ask& ask, Snapshots snapshots) const {
    std::vector<PropertySource> all;
    for (std::size_t i = 0; i < snapshots.size(); ++i) {
        Wanted wanted = ask.wanted;
        wanted.label = ask.labels[i];
        std::ranges::move(sources(wanted, *snapshots[i]), std::back_inserter(all));
    }
    return all;
}

void ConfigFront::decrypt(std::vector<PropertySource>& sources) const {
    if (cipher_ == nullptr) {
        return;
    }
    for (PropertySource& source : sources) {
        for (Entry& entry : source.entries) {
            const std::string* text = entry.value.if_string();
            if (text == nullptr || !text->starts_with(cipher_mark)) {
                continue;
            }
            const auto inner = std::string_view{*text}.substr(cipher_mark.size());
            if (auto plain = cipher_->decrypt(without_key_marks(inner))) {
                entry.value = *std::move(plain);
            } else {
                entry.key = "invalid." + entry.key;
                entry.value = "<n/a>";
            }
        }
    }
}

ConfigReply ConfigFront::show_environment(const ConfigRequest& request, const Ask& ask,
                                          Snapshots snapshots) const {
    Environment found{.name = ask.application,
                      .profiles = {ask.profiles},
                      .label = ask.label,
                      .version = {},
                      .sources = all_sources(ask, snapshots)};
    for (const SnapshotPtr& snapshot : snapshots) {
        found.version += (found.version.empty() ? "" : ",") + snapshot->version;
    }
    if (found.sources.empty() && !settings_.accepts_empty) {
        return status_only(404);
    }
    const bool has_origins = request.accept.find(v2_type) != std::string_view::npos;
    return reply(has_origins ? v2_type : "application/json", environment_json(found, has_origins));
}

ConfigReply ConfigFront::show_file(const ConfigRequest& request, const Ask& ask,
                                   Snapshots snapshots) const {
    std::vector<Entry> entries = merge(all_sources(ask, snapshots));
    if (entries.empty() && !settings_.accepts_empty) {
        return status_only(404);
    }
    if (!has_query(request, "resolvePlaceholders", "false")) {
        const std::vector<Entry> known = entries;
        Placeholders placeholders{known};
        for (Entry& entry : entries) {
            if (const std::string* text = entry.value.if_string()) {
                entry.value = placeholders.resolve(*text);
            }
        }
    }
    if (ask.extension == "properties") {
        std::ranges::sort(entries, {}, &Entry::key);
        return reply(text_type, write_properties(entries));
    }
    const wire::Value tree = without_document(to_tree(entries));
    return ask.extension == "json" ? reply("application/json", wire::to_json(tree))
                                   : reply(text_type, to_yaml(tree));
}

ConfigReply ConfigFront::show_plain(const ConfigRequest& request, const Ask& ask,
                                    Snapshots snapshots) const {
    for (std::size_t i = 0; i < snapshots.size(); ++i) {
        const Snapshot& snapshot = *snapshots[i];
        Wanted wanted = ask.wanted;
        wanted.label = ask.labels[i];
        const auto folders = folders_of(settings_.search_paths, wanted, snapshot.files);
        for (auto folder = folders.rbegin(); folder != folders.rend(); ++folder) {
            for (const std::string& candidate : candidates(ask.inner, wanted.profiles)) {
                const auto file = snapshot.files.find(*folder + candidate);
                if (file == snapshot.files.end()) {
                    continue;
                }
                const std::string modified = to_http_date(file->second.changed_at);
                const auto seen = parse_http_date(request.if_modified_since);
                if (seen && *seen >= parse_http_date(modified)) {
                    return {.status = 304, .type = {}, .body = {}, .last_modified = modified};
                }
                const bool is_raw =
                    request.accept.find("application/octet-stream") != std::string_view::npos;
                const auto known = is_raw ? std::vector<Entry>{} : merge(sources(wanted, snapshot));
                ConfigReply found =
                    is_raw ? reply("application/octet-stream", file->second.text)
                           : reply(text_type, Placeholders{known}.resolve(file->second.text));
                found.last_modified = modified;
                return found;
            }
        }
    }
    return status_only(404);
}

}  // namespace loquat::config
