#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace loquat::gateway {

// A regular expression of a configuration, in the language of Perl and Java.  Its work is bounded:
// what would take too many steps counts as no match.  Any thread.
class Pattern {
  public:
    // Why `text` is none; nothing when it is one.
    static std::optional<std::string> find_fault(std::string_view text);
    // Why `with` cannot take the place of what fits: it names a group that there is not, or ends
    // within a name.  `text` must be a regular expression.
    static std::optional<std::string> find_fault(std::string_view text, std::string_view with);
    // `text` must be one.
    explicit Pattern(std::string_view text);

    // Whether all of `subject` fits.
    bool fits(std::string_view subject) const;
    // Every place that fits becomes `with`, in which ${name} and $1 are what groups took.  What
    // cannot be replaced stays as it is.
    std::string replace(std::string_view subject, std::string_view with) const;
    // The same; none for what cannot be replaced.
    std::optional<std::string> try_replace(std::string_view subject, std::string_view with) const;

  private:
    struct Code;
    std::shared_ptr<const Code> code_;
};

}  // namespace loquat::gateway
