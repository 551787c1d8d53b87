#include "services/registry/peers/tasks.hpp"

#include <algorithm>

#include "base/failure.hpp"
#include "services/registry/eureka/json.hpp"

namespace loquat::registry {
namespace {

using Kind = Replicated::Kind;

std::string_view action_of(Kind kind) {
    switch (kind) {
        case Kind::registered:
            return "Register";
        case Kind::renewed:
            return "Heartbeat";
        case Kind::canceled:
            return "Cancel";
        case Kind::overridden:
            return "StatusUpdate";
        case Kind::override_dropped:
            return "DeleteStatusOverride";
    }
    return "Heartbeat";
}

void append_member(std::string& out, std::string_view name, std::string_view text) {
    out += out.ends_with('{') ? "" : ",";
    wire::append_json_string(out, name);
    out += ':';
    wire::append_json_string(out, text);
}

void append_task(std::string& out, const Replicated& told) {
    out += '{';
    append_member(out, "appName", told.app);
    append_member(out, "id", told.id);
    append_member(out, "action", action_of(told.kind));
    if (told.instance) {
        out += ",\"lastDirtyTimestamp\":" + std::to_string(to_unix_ms(told.instance->dirty_at));
        append_member(out, "overriddenStatus", to_text(told.instance->overridden_status));
    }
    const bool says_status = told.kind == Kind::overridden || told.kind == Kind::override_dropped;
    if (says_status || told.instance) {
        append_member(out, "status", to_text(says_status ? told.status : told.instance->status));
    }
    if (told.kind == Kind::registered && told.instance) {
        out += ",\"instanceInfo\":";
        append_instance_json(out, *told.instance, Detail::full);
    }
    out += '}';
}

const wire::Array& list_in(const wire::Value& value, std::string_view name) {
    const wire::Value* found = value.find(name);
    const wire::Array* list = found == nullptr ? nullptr : found->if_array();
    if (list == nullptr) {
        throw Failure{loquat::Kind::malformed, "registry.malformed",
                      "There is no " + std::string{name} + " in a peer's answer."};
    }
    return *list;
}

}  // namespace

void PeerTasks::note(const std::shared_ptr<PeerTask>& task) {
    waiting_[key_of(task->told)].push_back(task);
    urgent_ += task->told.kind == Kind::renewed ? 0 : 1;
}

void PeerTasks::forget(const std::shared_ptr<PeerTask>& task) {
    const auto found = waiting_.find(key_of(task->told));
    if (found == waiting_.end() || std::erase(found->second, task) == 0) {
        return;
    }
    urgent_ -= task->told.kind == Kind::renewed ? 0 : 1;
    if (found->second.empty()) {
        waiting_.erase(found);
    }
}

void PeerTasks::push(Replicated told, Steady now) {
    const auto known = waiting_.find(key_of(told));
    if (known != waiting_.end()) {
        if (told.kind == Kind::renewed) {
            return;
        }
        const std::vector<std::shared_ptr<PeerTask>> earlier = known->second;
        for (const auto& task : earlier) {
            const bool is_said_again =
                told.kind == Kind::canceled || task->told.kind == Kind::renewed ||
                (told.kind == Kind::registered && task->told.kind == Kind::registered);
            if (is_said_again) {
                task->is_void = true;
                forget(task);
            }
        }
    }
    auto task = std::make_shared<PeerTask>(PeerTask{std::move(told), now + task_time_max});
    note(task);
    queue_.push_back(std::move(task));
    while (queue_.size() > tasks_max) {
        given_up_ += queue_.front()->is_void ? 0 : 1;
        forget(queue_.front());
        queue_.pop_front();
    }
}

std::vector<std::shared_ptr<PeerTask>> PeerTasks::take(std::size_t most, Steady now) {
    std::vector<std::shared_ptr<PeerTask>> taken;
    while (!queue_.empty() && taken.size() < most) {
        std::shared_ptr<PeerTask> task = std::move(queue_.front());
        queue_.pop_front();
        forget(task);
        if (task->is_void) {
            continue;
        }
        if (task->expires <= now) {
            ++given_up_;
            continue;
        }
        taken.push_back(std::move(task));
    }
    return taken;
}

void PeerTasks::give_back(const std::vector<std::shared_ptr<PeerTask>>& tasks) {
    for (auto task = tasks.rbegin(); task != tasks.rend(); ++task) {
        const auto known = waiting_.find(key_of((*task)->told));
        const bool is_old_beat = (*task)->told.kind == Kind::renewed && known != waiting_.end();
        const bool is_canceled =
            known != waiting_.end() && std::ranges::any_of(known->second, [](const auto& one) {
                return one->told.kind == Kind::canceled;
            });
        if (is_old_beat || is_canceled || queue_.size() >= tasks_max) {
            continue;
        }
        note(*task);
        queue_.push_front(*task);
    }
}

std::string batch_of(const std::vector<std::shared_ptr<PeerTask>>& tasks) {
    std::string out = "{\"replicationList\":[";
    for (const auto& task : tasks) {
        out += out.ends_with('[') ? "" : ",";
        append_task(out, task->told);
    }
    return out + "]}";
}

std::vector<TaskAnswer> read_batch_answer(std::string_view body, Time now) {
    const wire::Value value = wire::parse(body);
    std::vector<TaskAnswer> answers;
    for (const wire::Value& one : list_in(value, "responseList")) {
        TaskAnswer answer;
        const wire::Value* status = one.find("statusCode");
        if (const auto* number =
                status == nullptr ? nullptr : std::get_if<std::int64_t>(&status->any())) {
            answer.status = static_cast<int>(*number);
        }
        const wire::Value* entity = one.find("responseEntity");
        if (answer.status == 409 && entity != nullptr && entity->if_object() != nullptr) {
            answer.newer = read_instance(entity, now);
        }
        answers.push_back(std::move(answer));
    }
    return answers;
}

std::vector<Instance> read_all(std::string_view body, Time now) {
    const wire::Value value = wire::parse(body);
    const wire::Value* whole = value.find("applications");
    std::vector<Instance> all;
    for (const wire::Value& app : list_in(whole == nullptr ? value : *whole, "application")) {
        for (const wire::Value& one : list_in(app, "instance")) {
            try {
                Instance instance = read_instance(&one, now);
                if (missing_of(instance, instance.app).empty()) {
                    all.push_back(std::move(instance));
                }
            } catch (const Failure&) {
                continue;
            }
        }
    }
    return all;
}

}  // namespace loquat::registry
