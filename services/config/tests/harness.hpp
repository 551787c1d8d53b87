#pragma once
#include <gtest/gtest.h>
#include <stdlib.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "base/ids.hpp"
#include "base/text.hpp"
#include "runtime/platform/platform.hpp"
#include "services/config/module.hpp"
#include "testing/raw_fetch.hpp"

namespace loquat::config {

// What comes back until the server closes: head and body.
inline std::string fetch(const std::string& address, const std::string& method,
                         const std::string& target, const std::string& fields = {},
                         const std::string& body = {}) {
    return test::raw_fetch(
        address, method + " " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" +
                     fields + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
}

inline std::string body_of(const std::string& answer) {
    return answer.substr(std::min(answer.find("\r\n\r\n") + 4, answer.size()));
}
inline std::string status_of(const std::string& answer) { return answer.substr(9, 3); }

// The service on a port of its own, with a folder `work` that may be a repository.
struct ServiceTest : testing::Test {
    std::filesystem::path root =
        std::filesystem::temp_directory_path() / ("loquat-config-" + Uuid::make().to_string());
    std::unique_ptr<runtime::Platform> platform;

    ServiceTest() { std::filesystem::create_directories(work()); }
    ~ServiceTest() override {
        platform.reset();
        std::filesystem::remove_all(root);
    }

    std::filesystem::path work() const { return root / "work"; }
    void write(const std::string& path, const std::string& text) const {
        const auto file = work() / path;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream{file} << text;
    }
    void git(const std::string& command) const {
        const std::string line = "cd '" + work().string() +
                                 "' && git -c user.name=t -c user.email=t@example.org "
                                 "-c init.defaultBranch=main " +
                                 command + " >/dev/null 2>&1";
        ASSERT_EQ(::system(line.c_str()), 0) << command;
    }
    void commit() const {
        git("add -A");
        git("commit -m change");
    }

    void start(std::vector<std::string> settings) {
        settings.insert(settings.begin(), "config.port=0");
        runtime::PlatformOptions options{.modules = {&module}, .data = root / "data"};
        options.sections = runtime::sections_of(options.modules);
        options.sources.settings = std::move(settings);
        platform = std::make_unique<runtime::Platform>(std::move(options));
        platform->start();
    }
    void start_folder(std::vector<std::string> settings = {}) {
        settings.push_back("config.folder=" + work().string());
        start(std::move(settings));
    }
    std::string ask(const std::string& target, const std::string& fields = {}) const {
        return fetch(platform->address_of("config"), "GET", target, fields);
    }
    std::string post(const std::string& target, const std::string& body,
                     const std::string& fields = {}) const {
        return fetch(platform->address_of("config"), "POST", target, fields, body);
    }
};

}  // namespace loquat::config
