#pragma once
#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/clock.hpp"
#include "base/failure.hpp"
#include "base/ids.hpp"
#include "wire/describe.hpp"
#include "wire/json.hpp"
#include "wire/units.hpp"

// Struct <-> JSON.  JSON names are the C++ names.  Unknown members are ignored; std::optional
// members and members listed in `T::defaulted` may be absent; everything else is required.  Every
// problem of a value is collected, so that a form can show all of them at once.
//
// Supported: bool, integers, double, std::string, Id, Uuid, Time, what counts a unit (units.hpp),
// described enums and structs, Value, and std::optional, std::vector, std::map<std::string, T> of
// those; std::optional<std::optional<T>> tells null from what is absent.  A struct with an
// `event_type` has it as its first member "type".
namespace loquat::wire {

// Where the reader is and what was wrong so far.
class Problems {
  public:
    void add(std::string code, std::string message);
    bool empty() const { return errors_.empty(); }
    // Throws 422 `request.invalid` listing all problems; returns when there are none.
    void throw_if_any() const;

    // Enters a member or an item while it lives.
    class Step {
      public:
        Step(Problems& problems, std::string_view name);
        Step(Problems& problems, std::size_t index);
        ~Step() { problems_.path_.resize(before_); }
        Step(const Step&) = delete;
        Step& operator=(const Step&) = delete;

      private:
        Problems& problems_;
        std::size_t before_;
    };

  private:
    std::string path_;
    std::vector<FieldError> errors_;
};

// How a struct member may be missing: `T::defaulted` is a list of names whose C++ default then
// stands.
template <class T>
constexpr bool may_be_absent(std::string_view name) {
    if constexpr (requires { T::defaulted; }) {
        for (const std::string_view one : T::defaulted) {
            if (one == name) {
                return true;
            }
        }
    }
    return false;
}

// A struct that says which one of several it is.
template <class T>
concept Tagged = requires {
    { T::event_type } -> std::convertible_to<std::string_view>;
};

// A `T` that is written already.
template <class T>
struct Encoded {
    using Type = T;
    std::string json;

    friend bool operator==(const Encoded&, const Encoded&) = default;
};

namespace detail {

void read_tag(const Value& value, std::string_view tag, Problems& problems);
bool read_bool(const Value& value, Problems& problems);
std::int64_t read_integer(const Value& value, const Field& field, Problems& problems);
double read_real(const Value& value, const Field& field, Problems& problems);
std::string read_string(const Value& value, const Field& field, Problems& problems);
Time read_time(const Value& value, Problems& problems);
Uuid read_uuid(const Value& value, Problems& problems);
void check_count(std::size_t count, const Field& field, Problems& problems);
void unknown_enum(const std::string& text, const std::vector<std::string>& known,
                  Problems& problems);
void append_time(std::string& out, Time time);
void append_uuid(std::string& out, const Uuid& uuid);
void append_integer(std::string& out, std::int64_t value);

template <class T>
struct IsId : std::false_type {};
template <class Tag>
struct IsId<Id<Tag>> : std::true_type {};
template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
// std::optional<std::optional<T>>: absent says nothing, null says that nothing is to be there.
template <class T>
inline constexpr bool is_change = false;
template <class T>
inline constexpr bool is_change<std::optional<std::optional<T>>> = true;
template <class T>
inline constexpr bool is_encoded = false;
template <class T>
inline constexpr bool is_encoded<Encoded<T>> = true;
template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};
template <class T>
inline constexpr bool is_map = false;
template <class T>
inline constexpr bool is_map<std::map<std::string, T>> = true;

template <class Enum>
std::vector<std::string> enum_names() {
    std::vector<std::string> names;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<Enum>>(
        [&](auto entry) { names.emplace_back(json_name(entry.name)); });
    return names;
}

}  // namespace detail

template <class Enum>
std::string_view enum_name(Enum value) {
    std::string_view name = "?";
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<Enum>>([&](auto entry) {
        if (entry.value == value) {
            name = json_name(entry.name);
        }
    });
    return name;
}

template <class Enum>
std::optional<Enum> find_enum(std::string_view name) {
    std::optional<Enum> found;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<Enum>>([&](auto entry) {
        if (name == json_name(entry.name)) {
            found = entry.value;
        }
    });
    return found;
}

template <class T>
void read(const Value& value, T& out, const Field& field, Problems& problems);

template <Described T>
void read_members(const Value& value, T& out, Problems& problems) {
    static_assert(names_say_units<T>(), "a member's name says the unit that it counts");
    if constexpr (Tagged<T>) {
        detail::read_tag(value, T::event_type, problems);
    }
    for_each_member<T>([&](std::string_view name, auto pointer) {
        using M = std::remove_cvref_t<decltype(out.*pointer)>;
        const typename Problems::Step step{problems, name};
        const Value* member = value.find(name);
        if (member == nullptr) {
            if (!detail::IsOptional<M>::value && !may_be_absent<T>(name)) {
                problems.add("required", "is required");
            }
            return;
        }
        read(*member, out.*pointer, field_of<T>(name), problems);
    });
}

template <class T>
void read_items(const Value& value, std::vector<T>& out, const Field& field, Problems& problems) {
    const Array* array = value.if_array();
    if (array == nullptr) {
        problems.add("type", "must be an array");
        return;
    }
    detail::check_count(array->size(), field, problems);
    out.clear();
    for (std::size_t i = 0; i < array->size(); ++i) {
        const typename Problems::Step step{problems, i};
        read((*array)[i], out.emplace_back(), Field{}, problems);
    }
}

// The names are the client's; of two that are equal the last one counts, as with members.
template <class T>
void read_entries(const Value& value, std::map<std::string, T>& out, const Field& field,
                  Problems& problems) {
    const Object* object = value.if_object();
    if (object == nullptr) {
        problems.add("type", "must be an object");
        return;
    }
    detail::check_count(object->size(), field, problems);
    out.clear();
    for (const auto& [name, entry] : *object) {
        const typename Problems::Step step{problems, name};
        read(entry, out[name], Field{}, problems);
    }
}

template <class T>
void read(const Value& value, T& out, const Field& field, Problems& problems) {
    if constexpr (detail::is_change<T>) {
        read(value, out.emplace(), field, problems);
    } else if constexpr (detail::IsOptional<T>::value) {
        if (!value.is_null()) {
            read(value, out.emplace(), field, problems);
        } else {
            out.reset();
        }
    } else if constexpr (std::is_same_v<T, Value>) {
        out = value;
    } else if constexpr (detail::is_encoded<T>) {
        out.json = to_json(value);
    } else if constexpr (std::is_same_v<T, bool>) {
        out = detail::read_bool(value, problems);
    } else if constexpr (std::is_integral_v<T>) {
        Field narrowed = field;
        narrowed.min = std::max<std::int64_t>(field.min, std::numeric_limits<T>::min());
        if constexpr (sizeof(T) < 8) {
            narrowed.max = std::min<std::int64_t>(field.max, std::numeric_limits<T>::max());
        }
        out = static_cast<T>(detail::read_integer(value, narrowed, problems));
    } else if constexpr (Counted<T>) {
        CountOf<T> count{};
        read(value, count, field, problems);
        out = T{count};
    } else if constexpr (std::is_floating_point_v<T>) {
        out = static_cast<T>(detail::read_real(value, field, problems));
    } else if constexpr (std::is_same_v<T, std::string>) {
        out = detail::read_string(value, field, problems);
    } else if constexpr (std::is_same_v<T, Time>) {
        out = detail::read_time(value, problems);
    } else if constexpr (std::is_same_v<T, Uuid>) {
        out = detail::read_uuid(value, problems);
    } else if constexpr (detail::IsId<T>::value) {
        out.uuid = detail::read_uuid(value, problems);
    } else if constexpr (detail::IsVector<T>::value) {
        read_items(value, out, field, problems);
    } else if constexpr (detail::is_map<T>) {
        read_entries(value, out, field, problems);
    } else if constexpr (DescribedEnum<T>) {
        const std::string text = detail::read_string(value, Field{}, problems);
        if (const auto found = find_enum<T>(text)) {
            out = *found;
        } else if (value.if_string() != nullptr) {
            detail::unknown_enum(text, detail::enum_names<T>(), problems);
        }
    } else {
        static_assert(Described<T>, "describe the struct with BOOST_DESCRIBE_STRUCT");
        if (value.if_object() == nullptr) {
            problems.add("type", "must be an object");
            return;
        }
        read_members(value, out, problems);
    }
}

// Appends `value` as compact JSON.  Absent optionals are left out unless the struct lists them in
// `T::nulls`.
template <class T>
void append(std::string& out, const T& value);

template <class T>
constexpr bool writes_null(std::string_view name) {
    if constexpr (requires { T::nulls; }) {
        for (const std::string_view one : T::nulls) {
            if (one == name) {
                return true;
            }
        }
    }
    return false;
}

template <Described T>
void append_object(std::string& out, const T& value) {
    out.push_back('{');
    bool first = true;
    if constexpr (Tagged<T>) {
        out.append("\"type\":\"").append(T::event_type).push_back('"');
        first = false;
    }
    for_each_member<T>([&](std::string_view name, auto pointer) {
        using M = std::remove_cvref_t<decltype(value.*pointer)>;
        if constexpr (detail::IsOptional<M>::value) {
            if (!(value.*pointer).has_value() && !writes_null<T>(name)) {
                return;
            }
        }
        if (!std::exchange(first, false)) {
            out.push_back(',');
        }
        out.push_back('"');
        out.append(name);
        out.append("\":");
        append(out, value.*pointer);
    });
    out.push_back('}');
}

template <class T>
void append_entries(std::string& out, const std::map<std::string, T>& entries) {
    out.push_back('{');
    bool first = true;
    for (const auto& [name, entry] : entries) {
        if (!std::exchange(first, false)) {
            out.push_back(',');
        }
        append_json_string(out, name);
        out.push_back(':');
        append(out, entry);
    }
    out.push_back('}');
}

template <class T>
void append(std::string& out, const T& value) {
    if constexpr (detail::IsOptional<T>::value) {
        if (value) {
            append(out, *value);
        } else {
            out.append("null");
        }
    } else if constexpr (std::is_same_v<T, Value>) {
        append_json(out, value);
    } else if constexpr (detail::is_encoded<T>) {
        out.append(value.json);
    } else if constexpr (std::is_same_v<T, bool>) {
        out.append(value ? "true" : "false");
    } else if constexpr (std::is_integral_v<T>) {
        detail::append_integer(out, static_cast<std::int64_t>(value));
    } else if constexpr (Counted<T>) {
        append(out, value.count());
    } else if constexpr (std::is_floating_point_v<T>) {
        append_json_number(out, value);
    } else if constexpr (std::is_same_v<T, std::string>) {
        append_json_string(out, value);
    } else if constexpr (std::is_same_v<T, Time>) {
        detail::append_time(out, value);
    } else if constexpr (std::is_same_v<T, Uuid>) {
        detail::append_uuid(out, value);
    } else if constexpr (detail::IsId<T>::value) {
        detail::append_uuid(out, value.uuid);
    } else if constexpr (detail::IsVector<T>::value) {
        out.push_back('[');
        for (std::size_t i = 0; i < value.size(); ++i) {
            if (i > 0) {
                out.push_back(',');
            }
            append(out, value[i]);
        }
        out.push_back(']');
    } else if constexpr (detail::is_map<T>) {
        append_entries(out, value);
    } else if constexpr (DescribedEnum<T>) {
        append_json_string(out, enum_name(value));
    } else {
        append_object(out, value);
    }
}

template <class T>
std::string encode(const T& value) {
    std::string out;
    append(out, value);
    return out;
}

// Reads a struct.  Throws `request.malformed_json` (400) or `request.invalid` (422) naming every
// bad field.
template <class T>
T decode(const Value& value) {
    T out{};
    Problems problems;
    read(value, out, Field{}, problems);
    problems.throw_if_any();
    return out;
}
template <class T>
T from_json(std::string_view text) {
    return decode<T>(parse(text));
}

}  // namespace loquat::wire
