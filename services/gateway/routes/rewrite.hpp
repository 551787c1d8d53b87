#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/front/path_trie.hpp"

namespace loquat::gateway {

// The path that an upstream sees: `/v2/{name}/**` made from what a pattern matched.  Parts stay
// percent-encoded as they came.
class Rewrite {
  public:
    Rewrite() = default;
    // Throws Failure `config.invalid` when `target` names what `pattern` does not have.
    Rewrite(std::string_view pattern, std::string_view target);

    // Why there can be no such rewrite, without its name; none when there can.  An empty target is
    // good: the path stays.
    static std::optional<std::string> find_fault(std::string_view pattern, std::string_view target);

    bool is_set() const { return !parts_.empty(); }
    std::string apply(std::string_view path, const runtime::PathParameters& parameters) const;

  private:
    struct Part {
        enum class Kind { text, parameter, rest } kind;
        std::string text;
    };
    std::vector<Part> parts_;
    std::size_t segments_before_rest_ = 0;
};

}  // namespace loquat::gateway
