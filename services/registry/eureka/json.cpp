#include "services/registry/eureka/json.hpp"

#include <charconv>
#include <optional>

#include "base/failure.hpp"
#include "base/text.hpp"
#include "services/registry/eureka/links.hpp"
#include "wire/json.hpp"

namespace loquat::registry {
namespace {

using wire::Object;
using wire::Value;

[[noreturn]] void refuse(std::string message) {
    throw Failure{Kind::malformed, "registry.malformed", std::move(message)};
}

// A text, or a number or boolean as its text.
std::string text_of(const Value* value) {
    if (value == nullptr || value->is_null()) {
        return {};
    }
    if (const std::string* text = value->if_string()) {
        return *text;
    }
    if (value->if_array() != nullptr || value->if_object() != nullptr) {
        return {};
    }
    return wire::to_json(*value);
}

std::optional<std::int64_t> number_of(const Value* value) {
    const std::string text = text_of(value);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return number;
}

bool bool_of(const Value* value, bool otherwise) {
    const std::string text = text_of(value);
    return text.empty() ? otherwise : equal_ignoring_case(text, "true");
}

Time time_of(const Value* value, Time otherwise) {
    const auto number = number_of(value);
    return number ? from_unix_ms(*number) : otherwise;
}

// The first of these members that is there.
const Value* any_of(const Value& object, std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names) {
        if (const Value* found = object.find(name)) {
            return found;
        }
    }
    return nullptr;
}

Port port_of(const Value* value, Port otherwise, std::string_view name) {
    if (value == nullptr || value->is_null()) {
        return otherwise;
    }
    const bool is_object = value->if_object() != nullptr;
    const auto number = number_of(is_object ? value->find("$") : value);
    if (!number || *number < 0 || *number > 65'535) {
        refuse(std::string{name} + " is no port");
    }
    const bool enabled =
        is_object ? bool_of(value->find("@enabled"), otherwise.is_enabled) : otherwise.is_enabled;
    return {static_cast<std::int32_t>(*number), enabled};
}

Texts texts_of(const Value* value) {
    Texts texts;
    const Object* object = value == nullptr ? nullptr : value->if_object();
    if (object == nullptr) {
        return texts;
    }
    for (const auto& [name, member] : *object) {
        if (name != "@class") {
            texts.emplace_back(name, text_of(&member));
        }
    }
    return texts;
}

DataCenter data_center_of(const Value* value) {
    DataCenter center;
    if (value == nullptr || value->if_object() == nullptr) {
        return {.class_name = {}, .name = {}};
    }
    if (const Value* given = value->find("@class")) {
        center.class_name = text_of(given);
    }
    center.name = text_of(value->find("name"));
    center.metadata = texts_of(value->find("metadata"));
    return center;
}

std::chrono::seconds seconds_of(const Value* value, std::chrono::seconds otherwise) {
    const auto number = number_of(value);
    return number && *number > 0 && *number <= 86'400 ? std::chrono::seconds{*number} : otherwise;
}

Lease lease_of(const Value* value) {
    Lease lease;
    if (value == nullptr) {
        return lease;
    }
    lease.renewal = seconds_of(value->find("renewalIntervalInSecs"), lease.renewal);
    lease.duration = seconds_of(value->find("durationInSecs"), lease.duration);
    lease.registered_at = time_of(value->find("registrationTimestamp"), {});
    lease.renewed_at = time_of(any_of(*value, {"lastRenewalTimestamp", "renewalTimestamp"}), {});
    lease.evicted_at = time_of(value->find("evictionTimestamp"), {});
    lease.up_since = time_of(value->find("serviceUpTimestamp"), {});
    return lease;
}

Action action_of(std::string_view text) {
    return text == "DELETED"    ? Action::deleted
           : text == "MODIFIED" ? Action::modified
                                : Action::added;
}

// A list, or what would be its only element.
const Value* only_of(const Value* value) {
    if (value != nullptr && value->if_array() != nullptr) {
        return value->if_array()->size() == 1 ? &value->if_array()->front() : nullptr;
    }
    return value;
}

Instance instance_of(const Value& value, Time now) {
    Instance instance;
    const auto text = [&value](std::string_view name) { return text_of(value.find(name)); };
    instance.data_center = data_center_of(value.find("dataCenterInfo"));
    instance.host_name = text("hostName");
    instance.id = text("instanceId");
    if (instance.id.empty()) {
        for (const auto& [name, known] : instance.data_center.metadata) {
            instance.id = name == "instance-id" ? known : instance.id;
        }
    }
    if (instance.id.empty()) {
        instance.id = instance.host_name;
    }
    instance.app = to_app_name(text("app"));
    instance.app_group = to_app_name(text("appGroupName"));
    instance.ip_address = text("ipAddr");
    instance.vip_address = text("vipAddress");
    instance.secure_vip_address = text("secureVipAddress");
    instance.asg_name = text("asgName");
    instance.sid = text("sid");
    instance.home_page_url = text("homePageUrl");
    instance.status_page_url = text("statusPageUrl");
    instance.health_check_url = text("healthCheckUrl");
    instance.secure_health_check_url = text("secureHealthCheckUrl");
    instance.port = port_of(value.find("port"), instance.port, "port");
    instance.secure_port = port_of(value.find("securePort"), instance.secure_port, "securePort");
    instance.country_id =
        static_cast<std::int32_t>(number_of(value.find("countryId")).value_or(1) & 0x7fffffff);
    instance.lease = lease_of(value.find("leaseInfo"));
    instance.metadata = texts_of(value.find("metadata"));
    const std::string status = text("status");
    instance.status = status.empty() ? Status::up : status_of(status);
    instance.overridden_status =
        status_of(text_of(any_of(value, {"overriddenStatus", "overriddenstatus"})));
    instance.is_coordinating = bool_of(value.find("isCoordinatingDiscoveryServer"), false);
    instance.updated_at = time_of(value.find("lastUpdatedTimestamp"), now);
    instance.dirty_at = time_of(value.find("lastDirtyTimestamp"), now);
    instance.action = action_of(text("actionType"));
    return instance;
}

// Writes members one after the other.
class Writer {
  public:
    explicit Writer(std::string& out) : out_(out) { out_ += '{'; }
    void close() { out_ += '}'; }

    void name(std::string_view name) {
        if (!is_first_) {
            out_ += ',';
        }
        is_first_ = false;
        wire::append_json_string(out_, name);
        out_ += ':';
    }
    void text(std::string_view member, std::string_view value) {
        name(member);
        wire::append_json_string(out_, value);
    }
    void text_if(std::string_view member, std::string_view value) {
        if (!value.empty()) {
            text(member, value);
        }
    }
    void number(std::string_view member, std::int64_t value) {
        name(member);
        out_ += std::to_string(value);
    }

  private:
    std::string& out_;
    bool is_first_ = true;
};

void append_port(std::string& out, Writer& writer, std::string_view name, Port port) {
    writer.name(name);
    out += "{\"$\":" + std::to_string(port.number) + ",\"@enabled\":\"" +
           (port.is_enabled ? "true" : "false") + "\"}";
}

void append_texts(std::string& out, const Texts& texts) {
    Writer writer{out};
    if (texts.empty()) {
        writer.text("@class", empty_map_class);
    }
    for (const auto& [name, value] : texts) {
        writer.text(name, value);
    }
    writer.close();
}

void append_data_center(std::string& out, const DataCenter& center) {
    Writer writer{out};
    writer.text("@class", center.class_name);
    writer.text("name", center.name);
    if (!center.metadata.empty()) {
        writer.name("metadata");
        append_texts(out, center.metadata);
    }
    writer.close();
}

void append_lease(std::string& out, const Lease& lease) {
    Writer writer{out};
    writer.number("renewalIntervalInSecs", lease.renewal.count());
    writer.number("durationInSecs", lease.duration.count());
    writer.number("registrationTimestamp", to_unix_ms(lease.registered_at));
    writer.number("lastRenewalTimestamp", to_unix_ms(lease.renewed_at));
    writer.number("evictionTimestamp", to_unix_ms(lease.evicted_at));
    writer.number("serviceUpTimestamp", to_unix_ms(lease.up_since));
    writer.close();
}

// What Jackson writes by the names of the fields: all of it as texts.
void append_tail(Writer& writer, const Instance& instance, bool is_full) {
    write_links(writer, instance, is_full);
    if (is_full) {
        writer.text("isCoordinatingDiscoveryServer", instance.is_coordinating ? "true" : "false");
    }
    writer.text("lastUpdatedTimestamp", std::to_string(to_unix_ms(instance.updated_at)));
    if (is_full) {
        writer.text("lastDirtyTimestamp", std::to_string(to_unix_ms(instance.dirty_at)));
    }
    writer.text("actionType", to_text(instance.action));
    writer.text_if("asgName", instance.asg_name);
}

void append_application(std::string& out, const AppView& app, Detail detail) {
    out += "{\"name\":";
    wire::append_json_string(out, app.name);
    out += ",\"instance\":[";
    bool is_first = true;
    for (const Instance* instance : app.instances) {
        if (!is_first) {
            out += ',';
        }
        is_first = false;
        append_instance_json(out, *instance, detail);
    }
    out += "]}";
}

}  // namespace

Instance read_instance(const Value* given, Time now) {
    const Value* only = only_of(given);
    if (only == nullptr || only->if_object() == nullptr) {
        refuse("There is no instance in the body.");
    }
    return instance_of(*only, now);
}

Instance read_instance_json(std::string_view json, Time now) {
    const Value body = wire::parse(json);
    return read_instance(body.find("instance"), now);
}

void append_instance_json(std::string& out, const Instance& instance, Detail detail) {
    const bool is_full = detail == Detail::full;
    Writer writer{out};
    writer.text("instanceId", instance.id);
    writer.text("hostName", instance.host_name);
    writer.text("app", instance.app);
    writer.text("ipAddr", instance.ip_address);
    if (is_full && is_known_sid(instance.sid)) {
        writer.text("sid", instance.sid);
    }
    writer.text("status", to_text(instance.status));
    if (is_full) {
        writer.text("overriddenStatus", to_text(instance.overridden_status));
    }
    append_port(out, writer, "port", instance.port);
    append_port(out, writer, "securePort", instance.secure_port);
    if (is_full) {
        writer.number("countryId", instance.country_id);
    }
    writer.name("dataCenterInfo");
    append_data_center(out, instance.data_center);
    if (is_full) {
        writer.name("leaseInfo");
        append_lease(out, instance.lease);
        writer.name("metadata");
        append_texts(out, instance.metadata);
    }
    append_tail(writer, instance, is_full);
    writer.close();
}

std::string instance_json(const Instance& instance, Detail detail) {
    std::string out = "{\"instance\":";
    append_instance_json(out, instance, detail);
    out += '}';
    return out;
}

std::string application_json(const AppView& app, Detail detail) {
    std::string out = "{\"application\":";
    append_application(out, app, detail);
    out += '}';
    return out;
}

std::string applications_json(const AppsView& apps, Detail detail) {
    std::string out = "{\"applications\":{\"versions__delta\":\"" +
                      std::to_string(apps.delta_version) + "\",\"apps__hashcode\":";
    wire::append_json_string(out, apps.hash_code);
    out += ",\"application\":[";
    bool is_first = true;
    for (const AppView& app : apps.apps) {
        if (!is_first) {
            out += ',';
        }
        is_first = false;
        append_application(out, app, detail);
    }
    out += "]}}";
    return out;
}

}  // namespace loquat::registry
