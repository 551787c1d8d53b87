#include "apps/loquat/options.hpp"

#include <fmt/format.h>
#include "apps/loquat/modules.hpp"
#include "runtime/config/server.hpp"

namespace loquat::app {

void CommonOptions::add_to(Command command) {
    const std::string data_default = runtime::environment_value("LOQUAT_DATA");
    if (!data_default.empty()) {
        data = data_default;
    }
    config_file = runtime::environment_value("LOQUAT_CONFIG");
    command
        .option("-c,--config", config_file,
                "YAML file (default: $LOQUAT_CONFIG, else ./loquat.yaml when it exists)")
        .takes("FILE");
    command
        .option("-d,--data", data,
                "folder that holds all data (default: $LOQUAT_DATA, else ./data)")
        .takes("FOLDER");
    command.option("--set", settings, "one setting: section.key=value; may be repeated")
        .takes("KEY=VALUE");
}

runtime::ConfigSources CommonOptions::sources() const {
    runtime::ConfigSources sources{.file = config_file,
                                   .environment = runtime::read_environment(),
                                   .settings = settings,
                                   .flags = flags};
    if (sources.file.empty() && std::filesystem::exists("loquat.yaml")) {
        sources.file = "loquat.yaml";
    }
    return sources;
}

runtime::Config CommonOptions::load() const {
    std::vector<std::string> services;
    for (const runtime::Module* module : services::all_modules()) {
        services.emplace_back(module->name);
    }
    auto loaded = runtime::load_config(runtime::sections_of(services::all_modules()), sources(),
                                       std::move(services), data);
    for (const std::string& note : loaded.notes) {
        fmt::print(stderr, "{}\n", note);
    }
    return std::move(loaded.config);
}

runtime::PlatformOptions CommonOptions::platform(
    std::vector<const runtime::Module*> modules) const {
    return {.modules = std::move(modules),
            .known = services::all_modules(),
            .data = data,
            .sections = runtime::sections_of(services::all_modules()),
            .adapters = runtime::adapters_of(services::all_modules()),
            .sources = sources()};
}

}  // namespace loquat::app
