#pragma once
#include <filesystem>
#include <optional>
#include <string>

namespace loquat::runtime {

// Certificates with which a command calls the service port; empty without.
struct TlsFiles {
    std::string ca;
    std::string certificate;
    std::string key;
    std::string service;  // whose the port's certificate is
};

// How commands find the process that holds a data folder.
struct Running {
    std::int64_t pid = 0;
    std::string url;          // the gateway's; empty without one
    std::string service_url;  // the service port's, loopback only
    std::string internal_key;
    TlsFiles tls;
};

// Written after start (mode 0600, replaced at once), removed at the end.
void write_run_file(const std::filesystem::path& folder, const Running& running);
void remove_run_file(const std::filesystem::path& folder);
// None when no process is there that wrote it.
std::optional<Running> find_running(const std::filesystem::path& folder);

}  // namespace loquat::runtime
