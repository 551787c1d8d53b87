#include "services/registry/eureka/front.hpp"

#include <algorithm>
#include <charconv>

#include "base/failure.hpp"
#include "base/text.hpp"
#include "services/registry/eureka/xml.hpp"
#include "services/registry/eureka/xml_reader.hpp"

namespace loquat::registry {
namespace {

EurekaReply nothing(int status) { return {.status = status, .type = {}, .body = {}}; }

EurekaReply refuse(std::string why) {
    return {.status = 400, .type = "text/plain;charset=UTF-8", .body = std::move(why)};
}

EurekaReply content(const EurekaRequest& request, std::string body) {
    return {.status = 200,
            .type = request.wants_json ? "application/json" : "application/xml",
            .body = std::move(body)};
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

std::string applications_text(const EurekaRequest& request, const Gathered& gathered,
                              std::int64_t delta_version, const std::string& hash_code) {
    const std::vector<AppView> views = gathered.views();
    const AppsView all{delta_version, hash_code, views};
    return request.wants_json ? applications_json(all, request.detail)
                              : applications_xml(all, request.detail);
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

}  // namespace

std::optional<std::string_view> EurekaRequest::find_query(std::string_view name) const {
    for (const auto& [key, value] : query) {
        if (key == name) {
            return value;
        }
    }
    return std::nullopt;
}

EurekaFront::EurekaFront(InstanceBook& book, std::vector<std::string> own_names,
                         OnReplicated on_replicated, StateOf state)
    : book_(book),
      own_names_(std::move(own_names)),
      on_replicated_(std::move(on_replicated)),
      state_(std::move(state)) {
    for (std::string& name : own_names_) {
        name = to_app_name(name);
    }
}

bool EurekaFront::may_change(std::string_view app, bool is_trusted) const {
    return is_trusted || std::ranges::find(own_names_, to_app_name(app)) == own_names_.end();
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
        if (path.size() > 1 && request.method != "GET" &&
            !may_change(path[1], request.is_trusted)) {
            return {
                .status = 403,
                .type = "text/plain;charset=UTF-8",
                .body = path[1] + " is a name of the platform's own: the internal key is needed"};
        }
        return answer_apps(request, now);
    }
    if (path[0] == "status" && path.size() == 1) {
        return {.status = 200, .type = "application/json", .body = server_state_json(state_(now))};
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
            return request.method == "GET" ? show_all(request, now) : nothing(405);
        case 2:
            return path[1] == "delta" && request.method == "GET" ? show_delta(request, now)
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
    const InstanceBook::Entry* found = book_.find_entry(request.path[1], request.path[2]);
    if (found == nullptr) {
        return nothing(404);
    }
    Instance shown = *found->instance;
    shown.lease.renewed_at = found->renewed_at;
    return show_one(request, shown);
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
    InstanceBook::Beat beat{.dirty_at = time_of_query(request.find_query("lastDirtyTimestamp"))};
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
    if (!book_.remove(request.path[1], request.path[2], Departure::canceled, now)) {
        return nothing(404);
    }
    tell(Replicated::Kind::canceled, request, request.path[1], request.path[2]);
    return nothing(200);
}

EurekaReply EurekaFront::answer_status(const EurekaRequest& request, Moment now) {
    const auto& app = request.path[1];
    const auto& id = request.path[2];
    const auto value = request.find_query("value");
    const auto status = value ? find_status(*value) : std::nullopt;
    constexpr const char* no_status =
        "The value must be UP, DOWN, STARTING, OUT_OF_SERVICE or UNKNOWN";
    if (request.method == "PUT") {
        if (!value || value->empty()) {
            return refuse("Missing value");
        }
        if (!status) {
            return refuse(no_status);
        }
        if (!book_.override_status(app, id, *status, now)) {
            return nothing(404);
        }
        tell(Replicated::Kind::overridden, request, app, id, *status);
        return nothing(200);
    }
    if (request.method == "DELETE") {
        const Status next = status.value_or(Status::unknown);
        if (value && !value->empty() && !status) {
            return refuse(no_status);
        }
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

EurekaReply EurekaFront::show_all(const EurekaRequest& request, Moment now) {
    const auto make = [&] {
        Gathered gathered;
        for (const auto& [name, app] : book_.apps()) {
            for (const auto& [id, entry] : app) {
                gathered.add(name, entry.instance.get());
            }
        }
        return applications_text(request, gathered, 1, book_.hash_code());
    };
    EurekaReply reply = content(request, {});
    reply.whole = answers_.get({WholeAnswers::What::all, request.wants_json, request.detail},
                               book_.version(), now.steady, make);
    return reply;
}

EurekaReply EurekaFront::show_delta(const EurekaRequest& request, Moment now) {
    const auto make = [&] {
        std::vector<InstanceBook::Change> changes = book_.recent_changes();
        std::ranges::sort(changes, {}, [](const auto& one) {
            return std::pair{std::string_view{one.instance->app}, one.version};
        });
        Gathered gathered;
        for (const auto& change : changes) {
            gathered.add(change.instance->app, change.instance.get());
        }
        return applications_text(request, gathered, static_cast<std::int64_t>(book_.version()),
                                 book_.hash_code());
    };
    EurekaReply reply = content(request, {});
    // What is not kept any more leaves the delta without a new version.
    reply.whole = answers_.get({WholeAnswers::What::delta, request.wants_json, request.detail},
                               book_.version() + book_.forgotten(), now.steady, make);
    return reply;
}

EurekaReply EurekaFront::answer_vip(const EurekaRequest& request) {
    const bool is_secure = request.path[0] == "svips";
    Gathered gathered;
    StatusCounts found{};
    for (const auto& [name, app] : book_.apps()) {
        for (const auto& [id, entry] : app) {
            const Instance& instance = *entry.instance;
            if (has_address(is_secure ? instance.secure_vip_address : instance.vip_address,
                            request.path[1])) {
                gathered.add(name, &instance);
                ++found[static_cast<std::size_t>(instance.status)];
            }
        }
    }
    // Netflix's server gives no version to what is not everything.
    return content(request, applications_text(request, gathered, -1, hash_code_of(found)));
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
