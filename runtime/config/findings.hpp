#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace loquat::runtime {

// Where each value of a configuration was set: loquat.yaml:12, LOQUAT_..., --set, --port.
class ConfigOrigins {
  public:
    // Forgets what was known of values inside `path`.
    void set(const std::string& path, std::string origin);
    // Of a value inside the last one that was set: an item of a list.
    void set_inner(const std::string& path, std::string origin);
    // What `other` knows of the value at `path` and of those inside.
    void take(const std::string& path, const ConfigOrigins& other);
    // Of the nearest value around `path` that was set; "default" when none was.
    std::string of(std::string_view path) const;

  private:
    std::map<std::string, std::string, std::less<>> by_path_;
};

// What is wrong with a configuration, all of it, each with the place where it was set.
class ConfigFindings {
  public:
    explicit ConfigFindings(const ConfigOrigins& origins) : origins_(origins) {}

    // `path` as in a file: gateway.routes[2].path; `what` goes on after it: "must be ...".
    void add(std::string_view path, std::string_view what);
    void add_at(std::string_view origin, std::string_view text);
    const std::vector<std::string>& all() const { return all_; }

  private:
    const ConfigOrigins& origins_;
    std::vector<std::string> all_;
};

}  // namespace loquat::runtime
