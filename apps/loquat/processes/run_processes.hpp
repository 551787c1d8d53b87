#pragma once
#include "apps/loquat/options.hpp"

namespace loquat::app {

// Runs every service, each in a process of its own where it can be, under this one as supervisor.
// Returns the exit code.  Throws Failures of the configuration, of the data folder, and
// `processes.other_layout` when the folder holds the data of one process.
enum class Certificates {
    as_configured,
    made
};  // made: and renewed, in `certs` of the data folder
// `instances`: how many of each service, as read_instances says; empty: one.
int run_processes(const CommonOptions& options, Certificates certificates,
                  const std::string& instances = {});

// Throws Failure `processes.other_layout` when the folder holds the data of several processes.
void refuse_data_of_processes(const std::filesystem::path& data);

}  // namespace loquat::app
