#include "services/model/config_check.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "base/failure.hpp"
#include "services/model/config.hpp"

namespace loquat::model {
namespace {

std::string findings(std::vector<std::string> settings) {
    const std::vector<runtime::ConfigSection> sections{
        runtime::config_section<Config>("model", check_config)};
    try {
        runtime::Config::load(sections, {.settings = std::move(settings)});
        return "";
    } catch (const Failure& failure) {
        return failure.message;
    }
}

bool finds(const std::string& found, const std::string& wanted) {
    return found.find(wanted) != std::string::npos;
}

TEST(ModelConfigCheck, names_addresses_that_are_none) {
    for (const char* bad : {"notaurl", "ftp://h/v1", "http://", "https://h/v1?key=1"}) {
        EXPECT_TRUE(findings({std::string{"model.openai.url="} + bad})
                        .starts_with("--set: model.openai.url is refused: "))
            << bad;
    }
    EXPECT_EQ(findings({"model.openai.url=http://127.0.0.1:11434"}), "");
}

TEST(ModelConfigCheck, names_keys_and_certificates_that_cannot_be_read) {
    EXPECT_TRUE(finds(findings({"model.openai.key_file=/nowhere/key"}),
                      "--set: model.openai.key_file is refused: "));
    EXPECT_TRUE(finds(findings({"model.openai.key_variable=LOQUAT_TEST_NO_SUCH_VARIABLE"}),
                      "--set: model.openai.key_variable is refused: "));
    EXPECT_TRUE(finds(findings({"model.openai.ca_file=/nowhere/ca.pem"}),
                      "--set: model.openai.ca_file is refused: "));
    const std::string noise = testing::TempDir() + "model-noise.pem";
    std::ofstream{noise} << "noise";
    EXPECT_TRUE(finds(findings({"model.openai.ca_file=" + noise}),
                      "--set: model.openai.ca_file is refused: "));
}

TEST(ModelConfigCheck, names_everything_wrong_with_providers_and_models_at_once) {
    const std::string found = findings(
        {"model.openai.url=notaurl",
         "model.providers=[{name: here, url: 'http://h'}, {name: here, url: x}, {name: simulated}]",
         "model.models=[{id: a, provider: her, fallbacks: [b, simulated]}, {id: c, provider: "
         "here}]"});

    for (const char* wanted :
         {"model.openai.url is refused", "model.providers[1].name is taken: here",
          "model.providers[1].url is refused", "model.providers[2].name is taken: simulated",
          "model.providers[2] needs url",
          "model.models[0].provider names her, which is not configured; did you mean here?",
          "model.models[0].fallbacks[0] names b, which is not configured"}) {
        EXPECT_TRUE(finds(found, wanted)) << wanted << "\n" << found;
    }
    EXPECT_FALSE(finds(found, "model.models[1]")) << found;
}

}  // namespace
}  // namespace loquat::model
