#include "services/config/domain/push.hpp"

#include <algorithm>

#include "base/bytes.hpp"
#include "base/text.hpp"
#include "net/jose/digest.hpp"
#include "wire/json.hpp"

namespace loquat::config {
namespace {

constexpr std::size_t files_max = 10'000;
constexpr std::string_view all_files = "application.yml";

void add_texts(std::vector<std::string>& out, const wire::Value* value) {
    if (value == nullptr) {
        return;
    }
    if (const std::string* text = value->if_string()) {
        out.push_back(*text);
    }
    if (const wire::Array* items = value->if_array()) {
        for (const wire::Value& item : *items) {
            if (const std::string* text = item.if_string();
                text != nullptr && out.size() < files_max) {
                out.push_back(*text);
            }
        }
    }
}

std::vector<std::string> files_of_commits(const wire::Value& push) {
    std::vector<std::string> files;
    const wire::Value* commits = push.find("commits");
    if (commits != nullptr && commits->if_array() != nullptr) {
        for (const wire::Value& commit : *commits->if_array()) {
            for (const char* what : {"added", "removed", "modified"}) {
                add_texts(files, commit.find(what));
            }
        }
    }
    return files;
}

bool is_push(const FieldOf& field) {
    return field("X-Github-Event") == "push" || field("X-Gitea-Event") == "push" ||
           field("X-Gogs-Event") == "push" || field("X-Gitlab-Event") == "Push Hook" ||
           field("X-Git-Oschina-Event") == "Push Hook";
}

// Bitbucket in the cloud, and on a server of one's own.
bool is_push_of_bitbucket(const FieldOf& field, const wire::Value& push) {
    const std::string_view event = field("X-Event-Key");
    if (event == "repo:push" && !field("X-Hook-UUID").empty()) {
        const wire::Value* inner = push.find("push");
        return inner != nullptr && inner->find("changes") != nullptr;
    }
    return event == "repo:refs_changed" && push.find("changes") != nullptr;
}

std::vector<std::string> files_of_form(std::string_view body) {
    std::vector<std::string> files;
    for (const std::string_view part : split(body, '&')) {
        if (part.starts_with("path=") && files.size() < files_max) {
            std::string text{part.substr(5)};
            std::ranges::replace(text, '+', ' ');
            if (auto plain = percent_decode(text)) {
                files.push_back(*std::move(plain));
            }
        }
    }
    return files;
}

void add(std::vector<std::string>& services, std::string name) {
    if (std::ranges::find(services, name) == services.end()) {
        services.push_back(std::move(name));
    }
}

}  // namespace

std::vector<std::string> changed_files(const FieldOf& field, std::string_view body) {
    if (field("Content-Type").starts_with("application/x-www-form-urlencoded")) {
        return files_of_form(body);
    }
    const wire::Value push = wire::parse(body);
    if (is_push(field)) {
        return files_of_commits(push);
    }
    if (is_push_of_bitbucket(field, push)) {
        return {std::string{all_files}};
    }
    std::vector<std::string> files;
    add_texts(files, push.find("path"));
    return files;
}

std::vector<std::string> services_of_files(const std::vector<std::string>& files) {
    constexpr std::string_view everybody = "application";
    std::vector<std::string> services;
    for (std::string file : files) {
        std::ranges::replace(file, '\\', '/');
        std::string stem = file.substr(file.rfind('/') + 1);
        stem = stem.substr(0, stem.rfind('.'));
        for (std::size_t dash = stem.find('-'); dash != std::string::npos;
             dash = stem.find('-', dash + 1)) {
            const std::string name = stem.substr(0, dash);
            const std::string profile = stem.substr(dash + 1);
            if (name == everybody) {
                add(services, "*:" + profile);
            } else if (!name.starts_with(everybody)) {
                add(services, name + ":" + profile);
            }
        }
        if (stem == everybody) {
            add(services, "*");
        } else if (!stem.starts_with(everybody) && !stem.empty()) {
            add(services, stem);
        }
    }
    return services;
}

bool is_signed(const FieldOf& field, std::string_view body, std::string_view secret) {
    if (const std::string_view token = field("X-Gitlab-Token"); !token.empty()) {
        return equal_in_constant_time(token, secret);
    }
    const std::string wanted = to_hex(net::jose::hmac_sha256(secret, body));
    constexpr std::string_view scheme = "sha256=";
    for (const char* name :
         {"X-Hub-Signature-256", "X-Hub-Signature", "X-Gitea-Signature", "X-Gogs-Signature"}) {
        std::string_view given = field(name);
        if (given.starts_with(scheme)) {
            given.remove_prefix(scheme.size());
        }
        if (equal_in_constant_time(to_lower_ascii(given), wanted)) {
            return true;
        }
    }
    return false;
}

}  // namespace loquat::config
