#include "services/config/config_check.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/failure.hpp"
#include "services/config/domain/names.hpp"
#include "services/config/domain/search.hpp"

namespace loquat::config {
namespace {

void check_lists(const Config& config, runtime::ConfigFindings& findings) {
    for (std::size_t i = 0; i < config.search_paths.size(); ++i) {
        if (!is_search_path(config.search_paths[i])) {
            findings.add("config.search_paths[" + std::to_string(i) + "]",
                         "must be a folder below, such as {application} or teams/*, not " +
                             config.search_paths[i]);
        }
    }
    for (std::size_t i = 0; i < config.overrides.size(); ++i) {
        const std::size_t equals = config.overrides[i].find('=');
        if (equals == std::string::npos || equals == 0) {
            findings.add("config.overrides[" + std::to_string(i) + "]", "must be name=value");
        }
    }
}

}  // namespace

void check_config(const runtime::Config& all, runtime::ConfigFindings& findings) {
    const auto config = all.get<Config>("config");
    std::error_code error;
    if (!config.folder.empty() && !std::filesystem::is_directory(config.folder, error)) {
        findings.add("config.folder", "must be a folder that can be read, not " + config.folder);
    }
    if (!config.folder.empty() && !config.git.uri.empty()) {
        findings.add("config.git.uri", "and config.folder cannot both be the source");
    }
    if (!config.default_label.empty() && !is_label(config.default_label)) {
        findings.add("config.default_label", "must be the name of a branch, tag or commit");
    }
    if (!config.encrypt.key.empty() && !config.encrypt.key_file.empty()) {
        findings.add("config.encrypt.key_file", "and config.encrypt.key cannot both be the key");
    }
    try {
        make_cipher(config.encrypt);
    } catch (const Failure& failure) {
        findings.add("config.encrypt.key_file", "or the salt is no key: " + failure.message);
    }
    check_lists(config, findings);
}

std::unique_ptr<net::TextCipher> make_cipher(const EncryptConfig& config) {
    if (!config.key_file.empty()) {
        std::ifstream in{config.key_file};
        const std::string pem{std::istreambuf_iterator<char>{in}, {}};
        if (!in) {
            throw Failure{Kind::invalid, "cipher.bad_key", config.key_file + " cannot be read"};
        }
        return net::make_rsa_cipher(pem, config.salt,
                                    config.strong ? net::CipherMode::gcm : net::CipherMode::cbc);
    }
    return config.key.empty() ? nullptr : net::make_secret_cipher(config.key, config.salt);
}

}  // namespace loquat::config
