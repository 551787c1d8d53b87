#include "apps/loquat/processes/state_file.hpp"

#include <fstream>
#include <sstream>

#include "base/failure.hpp"
#include "store/folder/data_folder.hpp"
#include "wire/codec.hpp"

namespace loquat::app {
namespace {

constexpr const char* list_name = "processes.json";
constexpr const char* key_name = "processes.key";

}  // namespace

void write_process_list(const std::filesystem::path& folder, const ProcessList& list) {
    const std::filesystem::path made = folder / "processes.json.new";
    std::ofstream out{made, std::ios::trunc};
    out << wire::encode(list) << '\n';
    out.close();
    std::error_code failed;
    // A disk that is full must not end what runs: the list is only shown.
    std::filesystem::rename(made, folder / list_name, failed);
}

void remove_process_list(const std::filesystem::path& folder) {
    std::error_code ignored;
    std::filesystem::remove(folder / list_name, ignored);
}

std::optional<ProcessList> find_process_list(const std::filesystem::path& folder) {
    std::ifstream in{folder / list_name};
    std::ostringstream text;
    text << in.rdbuf();
    if (!in || !store::is_held(folder)) {
        return std::nullopt;
    }
    try {
        return wire::from_json<ProcessList>(text.str());
    } catch (const Failure&) {
        return std::nullopt;
    }
}

bool is_of_processes(const std::filesystem::path& folder) {
    std::error_code failed;
    return std::filesystem::exists(folder / key_name, failed);
}

}  // namespace loquat::app
