#include "runtime/stores/servers_file.hpp"

#include <algorithm>
#include <fstream>

#include "base/failure.hpp"
#include "runtime/stores/servers.hpp"
#include "store/file/file.hpp"

namespace loquat::runtime {
namespace {

constexpr const char* file_name = "servers";

std::vector<std::string> configured_servers(const StoreConfig& config) {
    std::vector<std::string> needs;
    wire::for_each_member<StoreConfig>([&](std::string_view need, auto member) {
        const std::string& kind = (config.*member).kind;
        if (keeps_data(need) && find_server(kind) != nullptr) {
            needs.push_back(std::string{need} + "=" + kind);
        }
    });
    return needs;
}

bool has_databases(const std::filesystem::path& folder) {
    return std::ranges::any_of(std::filesystem::directory_iterator{folder},
                               [](const auto& entry) { return entry.path().extension() == ".db"; });
}

std::string joined(const std::vector<std::string>& needs) {
    std::string all;
    for (const std::string& need : needs) {
        all += (all.empty() ? "store." : ", store.") + need.substr(0, need.find('=')) + ".kind" +
               need.substr(need.find('='));
    }
    return all.empty() ? "files of its own" : all;
}

Failure elsewhere(const std::filesystem::path& folder, const std::vector<std::string>& there,
                  const std::vector<std::string>& wanted) {
    return Failure{Kind::invalid, "store.other_place",
                   "The data folder " + folder.string() + " keeps its data with " + joined(there) +
                       ", not with " + joined(wanted) +
                       ". Nothing was changed. Set it as it was, or begin with an empty folder; "
                       "`loquat export` and `loquat import` move what is there."};
}

}  // namespace

std::vector<std::string> needs_at_servers(const std::filesystem::path& folder) {
    std::vector<std::string> needs;
    std::ifstream in{folder / file_name};
    for (std::string line; std::getline(in, line);) {
        needs.push_back(line);
    }
    return needs;
}

void hold_to_servers(const std::filesystem::path& folder, const StoreConfig& config) {
    const std::vector<std::string> wanted = configured_servers(config);
    const std::vector<std::string> there = needs_at_servers(folder);
    if (wanted == there) {
        return;
    }
    if (!there.empty() || has_databases(folder)) {
        throw elsewhere(folder, there, wanted);
    }
    std::string text;
    for (const std::string& need : wanted) {
        text += need + "\n";
    }
    store::replace_file(folder / file_name, text);
}

}  // namespace loquat::runtime
