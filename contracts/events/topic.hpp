#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// The names under which services tell each other things, with the type of what is told.  All of
// them stand in contracts/events/topics.hpp.
namespace loquat::contracts {

// The binary or JSON form of a payload; none for bytes that its `encode` did not write.
template <class Payload>
std::optional<Payload> decode(std::string_view bytes);

// A topic of the broadcast.  With a `Key` there is one topic for each key: `{...}` in the pattern
// stands for it.  `Payload` may be incomplete where only the name is needed; encode(payload) and
// decode<Payload>(bytes) stand beside it.
template <class PayloadOf, class Key = void>
class Topic {
  public:
    using Payload = PayloadOf;

    consteval explicit Topic(std::string_view pattern)
        : pattern_(pattern), before_(pattern.substr(0, pattern.find('{'))) {}

    std::string_view pattern() const { return pattern_; }
    std::string name(const Key& key) const {
        std::string name{before_};
        if constexpr (requires { key.to_string(); }) {
            name.append(key.to_string());
        } else {
            name.append(key);
        }
        return name;
    }

  private:
    std::string_view pattern_;
    std::string_view before_;
};

template <class PayloadOf>
class Topic<PayloadOf, void> {
  public:
    using Payload = PayloadOf;

    consteval explicit Topic(std::string_view name) : name_(name) {}

    std::string_view pattern() const { return name_; }
    std::string name() const { return std::string{name_}; }

  private:
    std::string_view name_;
};

// A topic of the durable log.  `version` is the highest that `Payload` is written in; all lower
// ones are read.
template <class PayloadOf>
struct Record {
    using Payload = PayloadOf;

    std::string_view topic;
    std::uint8_t version;
};

}  // namespace loquat::contracts
