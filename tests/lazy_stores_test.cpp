#include <gtest/gtest.h>

#include "runtime/platform/platform.hpp"
#include "services/auth/module.hpp"
#include "services/model/module.hpp"
#include "testing/temporary_folder.hpp"

namespace loquat {
namespace {

struct ProcessOf {
    explicit ProcessOf(std::vector<const runtime::Module*> modules) {
        runtime::PlatformOptions options{.modules = std::move(modules), .data = place / "data"};
        options.sections = runtime::sections_of({&auth::module, &model::module});
        options.adapters = runtime::adapters_of({&auth::module});
        options.sources.settings = {"auth.signing_algorithm=ES256"};
        platform = std::make_unique<runtime::Platform>(std::move(options));
        platform->start();
    }
    bool has(const char* name) const {
        return std::filesystem::exists(platform->data_folder() / name);
    }

    test::TemporaryFolder place;
    std::unique_ptr<runtime::Platform> platform;
};

TEST(StoresOfAProcess, are_none_where_no_service_needs_one) {
    const ProcessOf process{{&model::module}};

    for (const char* name : {"log", "messages.db", "usage.db", "model.db"}) {
        EXPECT_FALSE(process.has(name)) << name;
    }
}

TEST(StoresOfAProcess, are_those_that_its_services_ask_for) {
    const ProcessOf process{{&auth::module}};

    EXPECT_TRUE(process.has("auth.db"));
    EXPECT_FALSE(process.has("messages.db"));
    EXPECT_FALSE(process.has("usage.db"));
}

}  // namespace
}  // namespace loquat
