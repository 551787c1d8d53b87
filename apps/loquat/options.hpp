#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "apps/loquat/command.hpp"
#include "runtime/platform/platform.hpp"

namespace loquat::app {

// Where the URL of the role that owns the schemas at a database server may stand.
inline constexpr const char* schema_owner_variable = "LOQUAT_MIGRATE_URL";

// What every command that reads the configuration takes.
struct CommonOptions {
    std::string config_file;
    std::string data = "./data";
    std::vector<std::string> settings;
    std::vector<runtime::ConfigFlag> flags;  // short forms of settings; they win over --set

    void add_to(Command command);
    // `loquat.yaml` in the current folder is read when it is there and no other file was named.
    runtime::ConfigSources sources() const;
    // All sections, judged as a start of everything would, with what the config server says.
    runtime::Config load() const;
    runtime::PlatformOptions platform(std::vector<const runtime::Module*> modules) const;
};

}  // namespace loquat::app
