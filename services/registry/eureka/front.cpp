#include "services/registry/eureka/front.hpp"

#include <algorithm>
#include <charconv>

#include "base/failure.hpp"
#include "base/text.hpp"
#include "services/registry/eureka/xml.hpp"
#include "services/registry/eureka/xml_reader.hpp"

namespace loquat::registry {
namespace {

constexpr std::size_t replicated_max = 1'000;  // tasks of one batch

EurekaReply nothing(int status) { return {.status = status, .type = {}, .body = {}}; }

EurekaReply refuse(std::string why) {
    return {.status = 400, .type = "text/plain;charset=UTF-8", .body = std::move(why)};
}

EurekaReply content(const EurekaRequest& request, std::string body) {
    return {.status = 200,
            .type = request.wants_json ? "application/json" : "application/xml",
            .body = std::move(body)};
}

std::optional<Time> time_of(std::optional<std::string_view> text) {
    std::int64_t ms = 0;
    if (!text || std::from_chars(text->data(), text->data() + text->size(), ms).ec != std::errc{}) {
        return std::nullopt;
    }
    return from_unix_ms(ms);
}

// Instances of applications, gathered so that they can be shown.
class Gathered {
  public:
    void add(std::string_view app, const Instance* instance) {
        if (names_.empty() || names_.back() != app) {
            names_.emplace_back(app);
            lists_.emplace_back();
        }
        lists_.back().push_back(instance);
    }
    std::vector<AppView> views() const {
        std::vector<AppView> views;
        for (std::size_t i = 0; i < names_.size(); ++i) {
            views.push_back({names_[i], lists_[i]});
        }
        return views;
    }

  private:
    std::vector<std::string> names_;
    std::vector<std::vector<const Instance*>> lists_;
};

EurekaReply show_all(const EurekaRequest& request, const Gathered& gathered,
                     std::int64_t delta_version, const std::string& hash_code) {
    const std::vector<AppView> views = gathered.views();
    const AppsView all{delta_version, hash_code, views};
    return content(request, request.wants_json ? applications_json(all, request.detail)
                                               : applications_xml(all, request.detail));
}

bool has_address(std::string_view list, std::string_view wanted) {
    for (const std::string_view one : split(list, ',')) {
        for (const std::string_view each : split(wanted, ',')) {
            if (!one.empty() && equal_ignoring_case(trim(one), trim(each))) {
                return true;
            }
        }
    }
    return false;
}

std::string text_of(const wire::Value& task, std::string_view name) {
    const wire::Value* value = task.find(name);
    if (value == nullptr || value->is_null()) {
        return {};
    }
    const std::string* text = value->if_string();
    return text != nullptr ? *text : wire::to_json(*value);
}

std::string replied(int status, const Instance* entity = nullptr) {
    std::string out = "{\"statusCode\":" + std::to_string(status);
    if (entity != nullptr) {
        out += ",\"responseEntity\":";
        append_instance_json(out, *entity, Detail::full);
    }
    return out + "}";
}

}  // namespace

std::optional<std::string_view> EurekaRequest::find_query(std::string_view name) const {
    for (const auto& [key, value] : query) {
        if (key == name) {
            return value;
        }
    }
    return std::nullopt;
}

void EurekaFront::tell(Replicated::Kind kind, const EurekaRequest& request, std::string_view app,
                       std::string_view id, Status status) {
    if (request.origin == Origin::client) {
        on_replicated_({.kind = kind,
                        .app = to_app_name(app),
                        .id = std::string{id},
                        .instance = book_.find(app, id),
                        .status = status});
    }
}

EurekaReply EurekaFront::answer(const EurekaRequest& request, Moment now) {
    const auto& path = request.path;
    if (path.empty()) {
        return nothing(404);
    }
    if (path[0] == "apps") {
        return answer_apps(request, now);
    }
    if ((path[0] == "vips" || path[0] == "svips") && path.size() == 2) {
        return request.method == "GET" ? answer_vip(request) : nothing(405);
    }
    if (path[0] == "instances" && path.size() == 2) {
        const auto found = book_.find_anywhere(path[1]);
        return found ? show_one(request, *found) : nothing(404);
    }
    if (path[0] == "peerreplication" && path.size() == 2 && path[1] == "batch") {
        return request.method == "POST" ? replicate(request, now) : nothing(405);
    }
    if (path[0] == "serverinfo" && path.size() == 2 && path[1] == "statusoverrides") {
        return show_overrides();
    }
    if (path[0] == "asg") {
        return refuse("There are no auto scaling groups here.");
    }
    return nothing(404);
}

EurekaReply EurekaFront::answer_apps(const EurekaRequest& request, Moment now) {
    const auto& path = request.path;
    switch (path.size()) {
        case 1:
            return request.method == "GET" ? show(request, book_.apps()) : nothing(405);
        case 2:
            return path[1] == "delta" && request.method == "GET" ? show_delta(request)
                                                                 : answer_app(request, now);
        case 3:
            return answer_instance(request, now);
        case 4:
            return path[3] == "status"     ? answer_status(request, now)
                   : path[3] == "metadata" ? set_metadata(request, now)
                                           : nothing(404);
        default:
            return nothing(404);
    }
}

EurekaReply EurekaFront::answer_app(const EurekaRequest& request, Moment now) {
    if (request.method == "POST") {
        return register_instance(request, now);
    }
    if (request.method != "GET") {
        return nothing(405);
    }
    const InstanceBook::App* app = book_.find_app(request.path[1]);
    if (app == nullptr) {
        return nothing(404);
    }
    Gathered gathered;
    const std::string name = to_app_name(request.path[1]);
    for (const auto& [id, entry] : *app) {
        gathered.add(name, entry.instance.get());
    }
    const std::vector<AppView> views = gathered.views();
    return content(request, request.wants_json ? application_json(views.front(), request.detail)
                                               : application_xml(views.front(), request.detail));
}

EurekaReply EurekaFront::answer_instance(const EurekaRequest& request, Moment now) {
    if (request.method == "PUT") {
        return renew(request, now);
    }
    if (request.method == "DELETE") {
        return cancel(request, now);
    }
    if (request.method != "GET") {
        return nothing(405);
    }
    const auto found = book_.find(request.path[1], request.path[2]);
    return found ? show_one(request, *found) : nothing(404);
}

EurekaReply EurekaFront::register_instance(const EurekaRequest& request, Moment now) {
    Instance instance = request.has_xml ? read_instance_xml(request.body, now.wall)
                                        : read_instance_json(request.body, now.wall);
    if (std::string missing = missing_of(instance, request.path[1]); !missing.empty()) {
        return refuse(std::move(missing));
    }
    const std::string id = instance.id;
    book_.add(std::move(instance), request.origin, now);
    tell(Replicated::Kind::registered, request, request.path[1], id);
    return nothing(204);
}

EurekaReply EurekaFront::renew(const EurekaRequest& request, Moment now) {
    InstanceBook::Beat beat{.dirty_at = time_of(request.find_query("lastDirtyTimestamp"))};
    if (const auto overridden = request.find_query("overriddenstatus")) {
        beat.overridden = status_of(*overridden);
    }
    const auto& app = request.path[1];
    const auto& id = request.path[2];
    switch (book_.renew(app, id, beat, request.origin, now)) {
        case InstanceBook::Renewal::unknown:
            return nothing(404);
        case InstanceBook::Renewal::is_newer: {
            EurekaReply reply = show_one(request, *book_.find(app, id));
            reply.status = 409;
            return reply;
        }
        case InstanceBook::Renewal::renewed:
            break;
    }
    tell(Replicated::Kind::renewed, request, app, id);
    return nothing(200);
}

EurekaReply EurekaFront::cancel(const EurekaRequest& request, Moment now) {
    if (!book_.remove(request.path[1], request.path[2], now)) {
        return nothing(404);
    }
    tell(Replicated::Kind::canceled, request, request.path[1], request.path[2]);
    return nothing(200);
}

EurekaReply EurekaFront::answer_status(const EurekaRequest& request, Moment now) {
    const auto& app = request.path[1];
    const auto& id = request.path[2];
    const auto value = request.find_query("value");
    if (request.method == "PUT") {
        if (!value || value->empty()) {
            return refuse("Missing value");
        }
        const Status status = status_of(*value);
        if (!book_.override_status(app, id, status, now)) {
            return nothing(404);
        }
        tell(Replicated::Kind::overridden, request, app, id, status);
        return nothing(200);
    }
    if (request.method == "DELETE") {
        const Status next = value ? status_of(*value) : Status::unknown;
        if (!book_.drop_override(app, id, next, now)) {
            return nothing(404);
        }
        tell(Replicated::Kind::override_dropped, request, app, id, next);
        return nothing(200);
    }
    return nothing(405);
}

EurekaReply EurekaFront::set_metadata(const EurekaRequest& request, Moment now) {
    if (request.method != "PUT") {
        return nothing(405);
    }
    const auto& app = request.path[1];
    const auto& id = request.path[2];
    if (!book_.set_metadata(app, id, request.query, now)) {
        return nothing(404);
    }
    tell(Replicated::Kind::registered, request, app, id);
    return nothing(200);
}

// A batch of another registry: each task has its answer, in the order of the tasks.
EurekaReply EurekaFront::replicate(const EurekaRequest& request, Moment now) {
    const wire::Value body = wire::parse(request.body);
    const wire::Value* list = body.find("replicationList");
    const wire::Array* tasks = list == nullptr ? nullptr : list->if_array();
    if (tasks == nullptr || tasks->size() > replicated_max) {
        return refuse("replicationList must be a list of at most " +
                      std::to_string(replicated_max));
    }
    std::string out = "{\"responseList\":[";
    for (const wire::Value& task : *tasks) {
        if (!out.ends_with('[')) {
            out += ',';
        }
        out += replicate_one(task, now);
    }
    return {.status = 200, .type = "application/json", .body = out + "]}"};
}

std::string EurekaFront::replicate_one(const wire::Value& task, Moment now) {
    const std::string app = text_of(task, "appName");
    const std::string id = text_of(task, "id");
    const std::string action = text_of(task, "action");
    const wire::Value* given = task.find("instanceInfo");
    if (action == "Register" && given != nullptr) {
        Instance instance = read_instance(given, now.wall);
        if (!missing_of(instance, app).empty()) {
            return replied(400);
        }
        book_.add(std::move(instance), Origin::peer, now);
        return replied(200);
    }
    if (action == "Cancel") {
        return replied(book_.remove(app, id, now) ? 200 : 404);
    }
    const Status status = status_of(text_of(task, "status"));
    if (action == "StatusUpdate") {
        return replied(book_.override_status(app, id, status, now) ? 200 : 404);
    }
    if (action == "DeleteStatusOverride") {
        return replied(book_.drop_override(app, id, status, now) ? 200 : 404);
    }
    if (action != "Heartbeat") {
        return replied(400);
    }
    const std::string dirty = text_of(task, "lastDirtyTimestamp");
    switch (book_.renew(app, id, {.dirty_at = time_of(dirty)}, Origin::peer, now)) {
        case InstanceBook::Renewal::unknown:
            return replied(404);
        case InstanceBook::Renewal::is_newer:
            return replied(409, book_.find(app, id).get());
        case InstanceBook::Renewal::renewed:
            break;
    }
    return replied(200);
}

EurekaReply EurekaFront::show(const EurekaRequest& request, const InstanceBook::Apps& apps) const {
    Gathered gathered;
    for (const auto& [name, app] : apps) {
        for (const auto& [id, entry] : app) {
            gathered.add(name, entry.instance.get());
        }
    }
    return show_all(request, gathered, 1, book_.hash_code());
}

EurekaReply EurekaFront::show_delta(const EurekaRequest& request) const {
    std::vector<InstanceBook::Change> changes = book_.recent_changes();
    std::ranges::sort(changes, {}, [](const auto& one) {
        return std::pair{std::string_view{one.instance->app}, one.version};
    });
    Gathered gathered;
    for (const auto& change : changes) {
        gathered.add(change.instance->app, change.instance.get());
    }
    return show_all(request, gathered, static_cast<std::int64_t>(book_.version()),
                    book_.hash_code());
}

EurekaReply EurekaFront::answer_vip(const EurekaRequest& request) {
    const bool is_secure = request.path[0] == "svips";
    Gathered gathered;
    bool is_empty = true;
    for (const auto& [name, app] : book_.apps()) {
        for (const auto& [id, entry] : app) {
            const Instance& instance = *entry.instance;
            if (has_address(is_secure ? instance.secure_vip_address : instance.vip_address,
                            request.path[1])) {
                gathered.add(name, &instance);
                is_empty = false;
            }
        }
    }
    return show_all(request, gathered, is_empty ? -1 : 1, is_empty ? "" : book_.hash_code());
}

EurekaReply EurekaFront::show_one(const EurekaRequest& request, const Instance& instance) const {
    return content(request, request.wants_json ? instance_json(instance, request.detail)
                                               : instance_xml(instance, request.detail));
}

EurekaReply EurekaFront::show_overrides() const {
    std::string out = "{";
    for (const auto& [name, app] : book_.apps()) {
        for (const auto& [id, entry] : app) {
            if (entry.instance->overridden_status != Status::unknown) {
                out += out.size() > 1 ? "," : "";
                wire::append_json_string(out, id);
                out += ':';
                wire::append_json_string(out, to_text(entry.instance->overridden_status));
            }
        }
    }
    return {.status = 200, .type = "application/json", .body = out + "}"};
}

}  // namespace loquat::registry
