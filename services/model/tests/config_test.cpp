#include "services/model/config.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/ids.hpp"
#include "runtime/config/config.hpp"

namespace loquat::model {
namespace {

Config load(runtime::ConfigSources sources) {
    const std::vector<runtime::ConfigSection> sections{runtime::config_section<Config>("model")};
    return runtime::Config::load(sections, sources).get<Config>("model");
}

Config load_yaml(const std::string& yaml) {
    const std::string path = testing::TempDir() + "model-" + Uuid::make().to_string() + ".yaml";
    std::ofstream{path} << yaml;
    const Config config = load({.file = path});
    std::filesystem::remove(path);
    return config;
}

std::vector<std::string> samples_of(const std::string& page) {
    std::ifstream file{std::string{LOQUAT_SOURCE_DIR} + page};
    std::ostringstream all;
    all << file.rdbuf();
    const std::string text = all.str();
    std::vector<std::string> samples;
    for (std::size_t at = text.find("```yaml\n"); at != std::string::npos;
         at = text.find("```yaml\n", at)) {
        at += 8;
        const std::size_t end = text.find("```", at);
        samples.push_back(text.substr(at, end - at));
        at = end;
    }
    return samples;
}

TEST(ModelConfig, takes_every_sample_of_the_documents) {
    const std::vector<std::string> samples = samples_of("/docs/providers.md");
    ASSERT_EQ(samples.size(), 6U);

    for (const std::string& sample : samples) {
        EXPECT_NO_THROW(load_yaml(sample)) << sample;
    }

    const Config last = load_yaml(samples.back());
    EXPECT_EQ(last.default_model, "fast");
    ASSERT_EQ(last.providers.size(), 2U);
    EXPECT_EQ(last.providers[1].concurrent_max, 32);
    ASSERT_EQ(last.models.size(), 2U);
    EXPECT_EQ(last.models[0].input_price_micros, 150'000);
    EXPECT_EQ(last.models[0].fallbacks, std::vector<std::string>{"house"});
}

TEST(ModelConfig, needs_two_lines_for_a_real_provider) {
    const Config config = load({.environment = {{"LOQUAT_MODEL__OPENAI__URL", "https://x.test/v1"}},
                                .settings = {"model.openai.key_file=/etc/key"}});

    EXPECT_EQ(config.openai.url, "https://x.test/v1");
    EXPECT_EQ(config.openai.key_file, "/etc/key");
    EXPECT_TRUE(config.openai.list_models);
}

TEST(ModelConfig, refuses_values_out_of_range) {
    EXPECT_THROW(load({.settings = {"model.openai.tries_max=0"}}), Failure);
    EXPECT_THROW(load({.settings = {"model.simulated.token_ms=-1"}}), Failure);
    EXPECT_THROW(load({.settings = {"model.currency=EURO"}}), Failure);
}

}  // namespace
}  // namespace loquat::model
