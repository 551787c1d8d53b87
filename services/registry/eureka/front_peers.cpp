#include <charconv>

#include "base/failure.hpp"
#include "services/registry/eureka/front.hpp"

namespace loquat::registry {
namespace {

constexpr std::size_t replicated_max = 1'000;  // tasks of one batch

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

std::optional<Time> time_of_query(std::optional<std::string_view> text) {
    std::int64_t ms = 0;
    if (!text || std::from_chars(text->data(), text->data() + text->size(), ms).ec != std::errc{}) {
        return std::nullopt;
    }
    return from_unix_ms(ms);
}

// A batch of another registry: each task has its answer, in the order of the tasks.
EurekaReply EurekaFront::replicate(const EurekaRequest& request, Moment now) {
    const wire::Value body = wire::parse(request.body);
    const wire::Value* list = body.find("replicationList");
    const wire::Array* tasks = list == nullptr ? nullptr : list->if_array();
    if (tasks == nullptr || tasks->size() > replicated_max) {
        return {
            .status = 400,
            .type = "text/plain;charset=UTF-8",
            .body = "replicationList must be a list of at most " + std::to_string(replicated_max)};
    }
    std::string out = "{\"responseList\":[";
    for (const wire::Value& task : *tasks) {
        if (!out.ends_with('[')) {
            out += ',';
        }
        out += replicate_one(task, request.is_trusted, now);
    }
    return {.status = 200, .type = "application/json", .body = out + "]}"};
}

std::string EurekaFront::replicate_one(const wire::Value& task, bool is_trusted, Moment now) {
    const std::string app = text_of(task, "appName");
    const std::string id = text_of(task, "id");
    const std::string action = text_of(task, "action");
    const wire::Value* given = task.find("instanceInfo");
    if (!may_change(app, is_trusted)) {
        return replied(403);
    }
    if (action == "Register" && given != nullptr) {
        Instance instance = read_instance(given, now.wall);
        if (!missing_of(instance, app).empty()) {
            return replied(400);
        }
        book_.add(std::move(instance), Origin::peer, now);
        return replied(200);
    }
    if (action == "Cancel") {
        return replied(book_.remove(app, id, Departure::canceled, now) ? 200 : 404);
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
    switch (book_.renew(app, id, {.dirty_at = time_of_query(dirty)}, Origin::peer, now)) {
        case InstanceBook::Renewal::unknown:
            return replied(404);
        case InstanceBook::Renewal::is_newer:
            return replied(409, book_.find(app, id).get());
        case InstanceBook::Renewal::renewed:
            break;
    }
    return replied(200);
}

}  // namespace loquat::registry
