#pragma once
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "testing/http_caller.hpp"
#include "testing/temporary_folder.hpp"

namespace loquat::test {

// What tests of `loquat export` and `loquat import` have in common: folders by their names, the
// commands, and a platform on a folder for as long as somebody uses it.
class MovingTest : public testing::Test {
  protected:
    using Environment = std::vector<std::string>;
    using Work = std::function<Task<void>(HttpCaller&)>;
    struct Said {
        int code = 0;
        std::string output;
        std::string errors;
    };

    std::string folder(const std::string& name) const { return (place_ / name).string(); }
    static Said run(std::vector<std::string> words, Environment environment = {});
    Said export_from(const std::string& data, const std::string& archive,
                     Environment environment = {}) const;
    Said import_into(const std::string& data, const std::string& archive,
                     Environment environment = {}) const;
    // `DATABASE.TABLE` and what a command said of it: rows and hash.
    static std::map<std::string, std::string> tables_of(const Said& said);
    // Runs the platform for `work` and ends it with that signal.
    void with_platform(const std::string& data, Environment environment, int signal,
                       const Work& work) const;

    TemporaryFolder place_;
};

}  // namespace loquat::test
