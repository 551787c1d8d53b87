#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "testing/http_caller.hpp"
#include "testing/platform/platform_under_test.hpp"

namespace loquat::test {

// What people were told, and what must be so after every start.
struct Told {
    std::string token;
    std::string room;
    std::string title;
    std::string generation;
    std::int64_t last_seq = 0;
    std::map<std::string, std::string> answers;  // bodies, by target
    std::string said;                            // of the answer that was running
    std::string audit;                           // the newest entry's id
};

// Data folders as a platform left them: the same one at three times, each with the process killed
// and after a clean end, and another folder with the same kinds of content.
struct KeptFolders {
    KeptFolders();
    ~KeptFolders();
    KeptFolders(const KeptFolders&) = delete;
    KeptFolders& operator=(const KeptFolders&) = delete;

    std::filesystem::path of(const std::string& time, const std::string& end) const {
        return place / (time + "-" + end);
    }

    std::filesystem::path place;
    std::map<std::string, Told> told;  // by name of the folder: "now-killed"
};

// In memory where the system has a place for that: these tests start often, and the disk is not
// what they are about.
std::filesystem::path make_quick_folder();

// With holes.
void copy_file_sparsely(const std::filesystem::path& from, const std::filesystem::path& to);
void copy_folder_sparsely(const std::filesystem::path& from, const std::filesystem::path& to);

// A platform on such a folder.
std::unique_ptr<PlatformUnderTest> start_on(const std::filesystem::path& folder);

// What differs from what was told, what is given twice, what is accepted and not shown; empty when
// all is as it must be.
std::string find_difference(PlatformUnderTest& platform, const Told& told);

}  // namespace loquat::test
