#include "services/registry/eureka/xml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "services/registry/eureka/links.hpp"

namespace loquat::registry {
namespace {

void append_escaped(std::string& out, std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char letter = text[i];
        // U+FFFE and U+FFFF are no characters of XML.
        const std::string_view three = text.substr(i, 3);
        if (three == "\xef\xbf\xbe" || three == "\xef\xbf\xbf") {
            i += 2;
            continue;
        }
        switch (letter) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\t':
            case '\n':
                out += letter;
                break;
            default:
                if (static_cast<unsigned char>(letter) >= 0x20) {
                    out += letter;
                }
        }
    }
}

class Writer {
  public:
    explicit Writer(std::string& out) : out_(out) {}

    void open(std::string_view name, std::string_view attribute = {}, std::string_view value = {}) {
        out_ += '<';
        out_ += name;
        if (!attribute.empty()) {
            out_ += ' ';
            out_ += attribute;
            out_ += "=\"";
            append_escaped(out_, value);
            out_ += '"';
        }
        out_ += '>';
    }
    void close(std::string_view name) {
        out_ += "</";
        out_ += name;
        out_ += '>';
    }
    void text(std::string_view name, std::string_view value) {
        open(name);
        append_escaped(out_, value);
        close(name);
    }
    void text_if(std::string_view name, std::string_view value) {
        if (!value.empty()) {
            text(name, value);
        }
    }
    void time(std::string_view name, Time value) { text(name, std::to_string(to_unix_ms(value))); }
    void port(std::string_view name, Port port) {
        open(name, "enabled", port.is_enabled ? "true" : "false");
        out_ += std::to_string(port.number);
        close(name);
    }

  private:
    std::string& out_;
};

bool is_name_letter(char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
}
bool is_name_character(char letter) {
    return is_name_letter(letter) || (letter >= '0' && letter <= '9') || letter == '-' ||
           letter == '.';
}

// Of valid UTF-8.
std::u16string to_utf16(std::string_view text) {
    std::u16string units;
    while (!text.empty()) {
        const auto first = static_cast<unsigned char>(text.front());
        const std::size_t size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
        char32_t code = size == 1 ? first : first & (0x7fU >> size);
        for (std::size_t i = 1; i < std::min(size, text.size()); ++i) {
            code = (code << 6) | (static_cast<unsigned char>(text[i]) & 0x3fU);
        }
        text.remove_prefix(std::min(size, text.size()));
        if (code < 0x10000) {
            units += static_cast<char16_t>(code);
        } else {
            units += static_cast<char16_t>(0xd800 + ((code - 0x10000) >> 10));
            units += static_cast<char16_t>(0xdc00 + ((code - 0x10000) & 0x3ff));
        }
    }
    return units;
}

void write_texts(Writer& writer, const Texts& texts) {
    for (const auto& [key, value] : texts) {
        writer.text(element_name(key), value);
    }
}

void write_lease(Writer& writer, const Lease& lease) {
    writer.open("leaseInfo");
    writer.text("renewalIntervalInSecs", std::to_string(lease.renewal.count()));
    writer.text("durationInSecs", std::to_string(lease.duration.count()));
    writer.time("registrationTimestamp", lease.registered_at);
    writer.time("lastRenewalTimestamp", lease.renewed_at);
    writer.time("evictionTimestamp", lease.evicted_at);
    writer.time("serviceUpTimestamp", lease.up_since);
    writer.close("leaseInfo");
}

void write_data_center(Writer& writer, const DataCenter& center) {
    writer.open("dataCenterInfo", "class", center.class_name);
    writer.text("name", center.name);
    if (!center.metadata.empty()) {
        writer.open("metadata");
        write_texts(writer, center.metadata);
        writer.close("metadata");
    }
    writer.close("dataCenterInfo");
}

void write_instance(Writer& writer, const Instance& instance, Detail detail) {
    const bool is_full = detail == Detail::full;
    writer.open("instance");
    writer.text("instanceId", instance.id);
    writer.text("hostName", instance.host_name);
    writer.text("app", instance.app);
    writer.text("ipAddr", instance.ip_address);
    if (is_full && is_known_sid(instance.sid)) {
        writer.text("sid", instance.sid);
    }
    writer.text("status", to_text(instance.status));
    if (is_full) {
        writer.text("overriddenstatus", to_text(instance.overridden_status));
    }
    writer.port("port", instance.port);
    writer.port("securePort", instance.secure_port);
    if (is_full) {
        writer.text("countryId", std::to_string(instance.country_id));
    }
    write_data_center(writer, instance.data_center);
    if (is_full) {
        write_lease(writer, instance.lease);
        if (instance.metadata.empty()) {
            writer.open("metadata", "class", empty_map_class);
        } else {
            writer.open("metadata");
        }
        write_texts(writer, instance.metadata);
        writer.close("metadata");
    }
    write_links(writer, instance, is_full);
    if (is_full) {
        writer.text("isCoordinatingDiscoveryServer", instance.is_coordinating ? "true" : "false");
    }
    writer.time("lastUpdatedTimestamp", instance.updated_at);
    if (is_full) {
        writer.time("lastDirtyTimestamp", instance.dirty_at);
    }
    writer.text("actionType", to_text(instance.action));
    writer.text_if("asgName", instance.asg_name);
    writer.close("instance");
}

void write_application(Writer& writer, const AppView& app, Detail detail) {
    writer.open("application");
    writer.text("name", app.name);
    for (const Instance* instance : app.instances) {
        write_instance(writer, *instance, detail);
    }
    writer.close("application");
}

}  // namespace

std::string element_name(std::string_view key) {
    std::string name;
    for (const char16_t unit : to_utf16(key)) {
        const char letter = unit < 0x80 ? static_cast<char>(unit) : '\0';
        if (letter == '_') {
            name += "__";
        } else if (name.empty() ? is_name_letter(letter) : is_name_character(letter)) {
            name += letter;
        } else {
            name += fmt::format("_.{:04x}", static_cast<unsigned>(unit));
        }
    }
    return name.empty() ? "_" : name;
}

std::string instance_xml(const Instance& instance, Detail detail) {
    std::string out;
    Writer writer{out};
    write_instance(writer, instance, detail);
    return out;
}

std::string application_xml(const AppView& app, Detail detail) {
    std::string out;
    Writer writer{out};
    write_application(writer, app, detail);
    return out;
}

std::string applications_xml(const AppsView& apps, Detail detail) {
    std::string out;
    Writer writer{out};
    writer.open("applications");
    writer.text("versions__delta", std::to_string(apps.delta_version));
    writer.text("apps__hashcode", apps.hash_code);
    for (const AppView& app : apps.apps) {
        write_application(writer, app, detail);
    }
    writer.close("applications");
    return out;
}

}  // namespace loquat::registry
