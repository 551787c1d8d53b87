#include "testing/platform/platform_under_test.hpp"

#include <algorithm>
#include <fstream>

#include "base/text.hpp"
#include "services/registry.hpp"
#include "testing/temporary_folder.hpp"

namespace loquat::test {

PlatformUnderTest::PlatformUnderTest(Options options)
    : options_(std::move(options)),
      folder_(options_.folder.empty() ? make_folder() : options_.folder),
      is_kept_(!options_.folder.empty()) {
    start();
}

void PlatformUnderTest::restart() {
    platform_.reset();
    start();
}

void PlatformUnderTest::start() {
    runtime::PlatformOptions made;
    made.modules = services::all_modules();
    if (options_.order == Options::Order::reversed) {
        std::ranges::reverse(made.modules);
    }
    if (options_.has_service_port) {
        made.service_port = runtime::ServicePort{};
    }
    made.data = folder_;
    made.sections = runtime::sections_of(made.modules);
    made.adapters = runtime::adapters_of(made.modules);
    made.calls = options_.calls;
    made.clock = options_.clock;
    made.sources.settings = {"gateway.port=0", "config.port=0", "gateway.limits.enabled=false",
                             "platform.edge_loops=2", "platform.log_level=warn",
                             "platform.drain_seconds=2", "registry.port=0"};
    made.sources.settings.insert(made.sources.settings.end(), options_.settings.begin(),
                                 options_.settings.end());
    if (!options_.configuration.empty()) {
        made.sources.file = folder_ / "loquat.yaml";
        std::ofstream{made.sources.file} << options_.configuration;
    }
    platform_ = std::make_unique<runtime::Platform>(std::move(made));
    platform_->start();
    const std::string address = platform_->address();
    port_ = static_cast<std::uint16_t>(*parse_number(address.substr(address.rfind(':') + 1)));
}

PlatformUnderTest::~PlatformUnderTest() {
    platform_.reset();
    if (!is_kept_) {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
}

}  // namespace loquat::test
