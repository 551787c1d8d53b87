#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "wire/describe.hpp"

namespace loquat::app {

enum class ProcessState { waiting, starting, ready, stopping, ended };
BOOST_DESCRIBE_ENUM(ProcessState, waiting, starting, ready, stopping, ended)

// One process as its supervisor knows it.
struct ProcessLine {
    std::string name;
    std::vector<std::string> services;
    ProcessState state = ProcessState::waiting;
    std::int64_t pid = 0;       // 0: none now
    std::string url;            // where other processes reach it
    std::int64_t since_ms = 0;  // of the state, since 1970
    std::int64_t restarts = 0;
    std::string last_end;  // how it ended last; empty: it never did
};
BOOST_DESCRIBE_STRUCT(ProcessLine, (),
                      (name, services, state, pid, url, since_ms, restarts, last_end))

// What `loquat ps` reads: processes.json in the supervisor's data folder.
struct ProcessList {
    std::int64_t pid = 0;  // of the supervisor
    std::vector<ProcessLine> processes;
};
BOOST_DESCRIBE_STRUCT(ProcessList, (), (pid, processes))

// Replaces the file at once; for this user alone.
void write_process_list(const std::filesystem::path& folder, const ProcessList& list);
void remove_process_list(const std::filesystem::path& folder);
// None when no supervisor holds that folder.
std::optional<ProcessList> find_process_list(const std::filesystem::path& folder);
// Whether a supervisor has kept data of several processes in that folder, now or before.
bool is_of_processes(const std::filesystem::path& folder);

}  // namespace loquat::app
