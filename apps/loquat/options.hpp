#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "runtime/platform.hpp"

namespace CLI {
class App;
}

namespace loquat::app {

// What every command that reads the configuration takes.
struct CommonOptions {
    std::string config_file;
    std::string data = "./data";
    std::vector<std::string> settings;

    void add_to(CLI::App& command);
    // `loquat.yaml` in the current folder is read when it is there and no other file was named.
    runtime::ConfigSources sources() const;
    runtime::PlatformOptions platform(std::vector<const runtime::Module*> modules) const;
};

}  // namespace loquat::app
