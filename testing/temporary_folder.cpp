#include "testing/temporary_folder.hpp"

#include <cstdlib>
#include <system_error>

#include "base/failure.hpp"

namespace loquat::test {

std::filesystem::path make_folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "loquat-test-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) {
        throw Failure{Kind::internal, "test.folder", "no folder for the test could be made"};
    }
    return pattern;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

}  // namespace loquat::test
