#include "base/check.hpp"
#include "base/failure.hpp"
#include "base/text.hpp"
#include "services/config/adapters/file_reader.hpp"
#include "services/config/domain/names.hpp"
#include "services/config/front/front.hpp"

// Properties: what is taken for a name cannot leave its folder, and every path has an answer or a
// Failure; nothing that is not among the files is ever answered.

namespace {

using namespace loquat;
using namespace loquat::config;

SnapshotPtr make_snapshot() {
    auto made = std::make_shared<Snapshot>();
    for (const char* path : {"application.yml", "a-dev.yml", "x/a.yml", "a.txt", "x/a-dev.txt"}) {
        made->files[path] = {.text = "a: ${b:1}\nb: [1, {c: 2}]\n"};
    }
    return made;
}

void check_names(std::string_view text) {
    const std::string name = with_slashes(text);
    const bool is_name = is_application(name) || is_label(name) || is_inner_path(name);
    LOQUAT_CHECK(
        !is_name || (name.find("..") == std::string::npos && !name.starts_with('/') &&
                     name.find('\\') == std::string::npos && name.find('\0') == std::string::npos &&
                     name.find("//") == std::string::npos),
        "a name leaves its folder");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const SnapshotPtr snapshot = make_snapshot();
    static const FileReader reader;
    static const ConfigFront front{reader, nullptr, {.search_paths = {"{application}", "x*"}}};
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    check_names(text);
    ConfigRequest request{.method = "GET", .path = {}, .query = {}};
    for (const std::string_view part : split(text, '/')) {
        if (const auto plain = percent_decode(part)) {
            check_names(*plain);
            request.path.push_back(*plain);
        }
    }
    if (size % 3 == 0) {
        request.query.emplace_back("useDefaultLabel", "");
    }
    try {
        const std::vector<SnapshotPtr> snapshots(front.labels_of(request).size(), snapshot);
        const ConfigReply reply = front.answer(request, snapshots);
        LOQUAT_CHECK(reply.status >= 200 && reply.status < 500, "an answer of no kind");
    } catch (const Failure&) {
    }
    return 0;
}
