#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/config/config.hpp"
#include "runtime/config/findings.hpp"

namespace loquat::runtime {

// Puts the sources over the defaults, one after the other; what is no setting becomes a finding.
class ConfigLoader {
  public:
    struct Into {
        std::map<std::string, wire::Value>& values;
        ConfigOrigins& origins;
        std::vector<std::string>& warnings;
    };

    ConfigLoader(const std::vector<ConfigSection>& sections, Into into);

    void add_file(const std::filesystem::path& file);
    // What the config server gave.
    void add_served(const std::vector<ServedSetting>& served);
    // LOQUAT_SECTION__KEY.  Others are looked at for a setting written with one underscore.
    void add_variable(const std::string& name, const std::string& text);
    // section.key=value
    void add_setting(const std::string& setting, const std::string& origin);
    // Types and limits; puts defaults in the place of what does not fit.
    void check_values();

    ConfigFindings& findings() { return findings_; }

  private:
    // The place of a value, by its path.
    using Place = std::function<std::string(const std::string&)>;
    struct Move {
        const ConfigSection* section;
        std::string key;
        std::string from;  // place and old path
        wire::Value value;
    };
    struct Foreign {
        std::string text;
        std::string origin;
    };

    const ConfigSection* find_section(const std::string& name) const;
    // The one that understands foreign settings of the program that `name` begins with: spring.
    const ConfigSection* find_foreign(std::string_view name) const;
    // The one that understands this setting.
    const ConfigSection* find_covering(std::string_view path) const;
    void add_foreign(const std::string& path, const std::string& text, const std::string& origin);
    void show_foreign();
    void add_one_served(const ServedSetting& one);
    // Whether these parts of a path begin with a setting's.
    bool is_setting(const std::vector<std::string>& parts);
    void add_path(const std::string& path, const std::string& text, const std::string& origin);
    void merge(wire::Value& into, const wire::Value& from, const wire::Schema& schema,
               const std::string& path, const Place& place);
    void set(wire::Value& into, const std::string& name, wire::Value value, const std::string& path,
             const Place& place);
    void note_items(const wire::Value& value, const std::string& path, const std::string& written,
                    const Place& place);
    // Whether `path` is an older name of a setting; then its value goes there.
    bool move(const std::string& path, const wire::Value& value, const Place& place);
    void make_moves();
    void unknown(const std::string& path, const std::string& origin);
    std::string near_path(const std::string& path);
    // Of all settings; made when something is no setting.
    const std::vector<std::string>& paths();
    bool is_path(const std::string& path);

    const std::vector<ConfigSection>& sections_;
    Into into_;
    ConfigFindings findings_;
    std::vector<Move> moves_;
    std::map<std::string, std::map<std::string, Foreign>> foreign_;  // by section and path
    std::map<std::string, wire::Value> served_;                      // by section
    std::map<std::string, const ServedSetting*> served_by_path_;
    std::vector<std::string> paths_;
};

}  // namespace loquat::runtime
