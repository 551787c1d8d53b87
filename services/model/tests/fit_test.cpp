#include "services/model/domain/fit.hpp"

#include <gtest/gtest.h>

#include "base/tokens.hpp"
#include "services/model/adapters/provider_error.hpp"

namespace loquat::model::test {
namespace {

using contracts::GenerateRequest;
using contracts::PromptRole;

std::shared_ptr<const GenerateRequest> talk(int messages, std::string text) {
    GenerateRequest request{.generationId = "g"};
    request.messages.push_back({PromptRole::system, "Be brief."});
    for (int i = 0; i < messages; ++i) {
        request.messages.push_back({i % 2 == 0 ? PromptRole::user : PromptRole::assistant, text});
    }
    return std::make_shared<const GenerateRequest>(std::move(request));
}

std::int64_t tokens_of(const GenerateRequest& request) {
    std::int64_t tokens = 0;
    for (const auto& message : request.messages) {
        tokens += count_tokens(message.content) + 4;
    }
    return tokens;
}

TEST(Fit, keeps_the_system_prompt_and_the_newest_messages) {
    const auto request = talk(41, "one two three four five six seven eight nine ten");

    const Fitted fitted = fit(request, 512, std::nullopt);

    EXPECT_EQ(fitted.request->messages.front().role, PromptRole::system);
    EXPECT_EQ(fitted.request->messages.back().role, PromptRole::user);
    EXPECT_EQ(fitted.messages + fitted.dropped, 41);
    EXPECT_GT(fitted.dropped, 0);
    EXPECT_EQ(fitted.tokens, tokens_of(*fitted.request));
    EXPECT_LE(fitted.tokens, 256);
    EXPECT_FALSE(fitted.is_too_much);
}

TEST(Fit, gives_what_fits_as_it_is) {
    const auto request = talk(3, "hello");

    const Fitted fitted = fit(request, 8'192, std::nullopt);

    EXPECT_EQ(fitted.request->messages.size(), 4U);
    EXPECT_EQ(fitted.dropped, 0);
}

TEST(Fit, is_exact_at_its_limit) {
    const auto request = talk(3, "hello");
    const std::int64_t all = tokens_of(*request);

    EXPECT_EQ(fit(request, 100'000, all).dropped, 0);
    EXPECT_EQ(fit(request, 100'000, all - 1).dropped, 1);
}

TEST(Fit, lets_no_answer_be_longer_than_there_is_room) {
    GenerateRequest request = *talk(1, "hello");
    request.max_tokens = 100'000;

    const Fitted fitted = fit(std::make_shared<const GenerateRequest>(request), 512, std::nullopt);

    EXPECT_LE(*fitted.request->max_tokens + fitted.tokens, 512);
}

TEST(Fit, says_when_the_last_message_alone_is_too_much) {
    const auto request = talk(1, std::string(5'000, 'x') + " y");

    EXPECT_TRUE(fit(request, 256, std::nullopt).is_too_much);
}

TEST(Fit, leaves_thoughts_of_former_answers_out) {
    GenerateRequest request{.generationId = "g"};
    request.messages = {{PromptRole::user, "<think>mine</think>"},
                        {PromptRole::assistant, "<think>hm</think>Hi"},
                        {PromptRole::assistant, "<think>hm"},
                        {PromptRole::user, "So?"}};

    const Fitted fitted =
        fit(std::make_shared<const GenerateRequest>(request), 8'192, std::nullopt);

    ASSERT_EQ(fitted.request->messages.size(), 3U);
    EXPECT_EQ(fitted.request->messages[0].content, "<think>mine</think>");
    EXPECT_EQ(fitted.request->messages[1].content, "Hi");
}

TEST(SmallerBudget, comes_to_an_end) {
    const auto request = talk(400, "one two three");
    Fitted given = fit(request, 1'000'000, std::nullopt);
    int tries = 0;

    while (const Budget less = smaller_budget(given, {}, tries)) {
        const std::int64_t before = given.tokens;
        given = fit(request, 1'000'000, less);
        EXPECT_LT(given.tokens, before);
        ++tries;
    }

    EXPECT_EQ(tries, 4);
    EXPECT_EQ(given.messages, 1);
}

TEST(SmallerBudget, follows_the_limit_that_is_named) {
    const auto request = talk(400, "one two three");
    const Fitted given = fit(request, 1'000'000, std::nullopt);

    const Budget less = smaller_budget(given, {.limit = 1'000, .needed = given.tokens * 2}, 0);

    EXPECT_EQ(less, 437);
}

struct Refusal {
    int status;
    const char* body;
    std::int64_t limit;
    std::int64_t needed;
};

// As the servers in use say it; 0: no figure.
constexpr Refusal refusals[] = {
    {400,
     R"j({"error":{"message":"This model's maximum context length is 8192 tokens. However, your messages resulted in 9123 tokens. Please reduce the length of the messages.","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}})j",
     8192, 9123},
    {400,
     R"j({"error":{"message":"This model's maximum context length is 4,097 tokens, however you requested 5,000 tokens (4000 in the messages, 1000 in the completion).","code":null}})j",
     4097, 5000},
    {400,
     R"j({"object":"error","message":"The decoder prompt (length 5000) is longer than the maximum model length of 4096. Make sure that max_model_len is no smaller.","type":"BadRequestError","code":400})j",
     4096, 5000},
    {400,
     R"j({"error":{"code":400,"message":"the request exceeds the available context size, try increasing it","type":"exceed_context_size_error","n_prompt_tokens":5000,"n_ctx":4096}})j",
     4096, 0},
    {500,
     R"j({"error":{"message":"request (5000 tokens) exceeds the available context size (4096 tokens)"}})j",
     4096, 5000},
    {413,
     R"j({"error":{"message":"Request too large for model `llama-3.1-70b-8192` on tokens per minute (TPM): Limit 6000, Requested 9000","type":"tokens","code":"rate_limit_exceeded"}})j",
     6000, 9000},
    {400,
     R"j({"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 210000 tokens > 200000 maximum"}})j",
     200000, 210000},
    {400,
     R"j([{"error":{"code":400,"message":"The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).","status":"INVALID_ARGUMENT"}}])j",
     1048576, 1200000},
    {400,
     R"j({"object":"error","message":"Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length","type":"invalid_request_error","code":"3051"})j",
     32768, 40000},
    {400,
     R"j({"error":{"message":"<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 30720]","code":"invalid_parameter_error"}})j",
     30720, 0},
    {400,
     R"j({"message":"too many tokens: total number of tokens in the prompt cannot exceed 4081 - received 5000."})j",
     4081, 5000},
    {422,
     R"j({"error":"Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4097. Given: 5000 `inputs` tokens and 512 `max_new_tokens`","error_type":"validation"})j",
     4097, 5000},
    {422,
     R"j({"error":"Input validation error: `inputs` must have less than 1024 tokens. Given: 2048"})j",
     1024, 2048},
    {400,
     R"j({"message":"The input (5000 tokens) is longer than the model's context length (4096 tokens)."})j",
     4096, 5000},
    {400,
     R"j({"error":"Trying to keep the first 5000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens"})j",
     4096, 5000},
    {400,
     R"j({"error":{"message":"This model's maximum prompt length is 131072 but the request contains 150000 tokens."}})j",
     131072, 150000},
    {400,
     R"j({"error":{"message":"Invalid request: Your request exceeded model token limit: 8192","type":"invalid_request_error"}})j",
     8192, 0},
    {400,
     R"j({"message":"Please reduce the length of the messages or completion. Current length is 9000 while limit is 8192","code":"context_length_exceeded"})j",
     8192, 9000},
    {400, R"j({"error":"prompt too long; exceeded max context length by 100 tokens"})j", 0, 0},
    {400, R"j({"error":{"message":"context window exceeds limit (2013)"}})j", 0, 0},
    {400, R"j({"error":{"code":"1261","message":"Prompt exceeds max length"}})j", 0, 0},
    {400, R"j({"message":"Input is too long for requested model."})j", 0, 0},
    {413, "<html><h1>413 Request Entity Too Large</h1></html>", 0, 0},
    {413, "", 0, 0},
    {0, R"j({"error":{"code":"context_length_exceeded","message":"no"}})j", 0, 0},
};

TEST(TooLong, is_understood_as_each_provider_says_it) {
    for (const Refusal& refusal : refusals) {
        const Setback setback = judge_error(refusal.status, refusal.body);

        EXPECT_EQ(setback.failure.code, "provider.prompt_too_long") << refusal.body;
        EXPECT_EQ(setback.again, Again::elsewhere) << refusal.body;
        const bool is_code = std::string_view{refusal.body}.find("2013") != std::string_view::npos;
        if (!is_code) {
            EXPECT_EQ(setback.said.limit.value_or(0), refusal.limit) << refusal.body;
            EXPECT_EQ(setback.said.needed.value_or(0), refusal.needed) << refusal.body;
        }
    }
}

TEST(TooLong, is_no_other_refusal) {
    constexpr std::pair<int, const char*> others[] = {
        {429,
         R"j({"error":{"message":"Rate limit reached for tokens per min. Limit: 6000","code":"rate_limit_exceeded"}})j"},
        {400, R"j({"error":{"message":"temperature: must be at most 2"}})j"},
        {401, R"j({"error":{"message":"bad key"}})j"},
        {400, ""},
        {503, "busy"}};
    for (const auto& [status, body] : others) {
        EXPECT_NE(judge_error(status, body).failure.code, "provider.prompt_too_long") << body;
    }
}

TEST(ContentFilter, is_understood_as_each_provider_says_it) {
    constexpr std::pair<int, const char*> filtered[] = {
        {400,
         R"j({"error":{"message":"The response was filtered due to the prompt triggering Azure OpenAI's content management policy.","type":null,"param":"prompt","code":"content_filter","status":400}})j"},
        {400, R"j({"error":{"message":"Content Exists Risk","type":"invalid_request_error"}})j"},
        {400,
         R"j({"error":{"code":"data_inspection_failed","message":"Input data may contain inappropriate content."}})j"},
        {403,
         R"j({"error":{"code":403,"message":"openai/gpt-4o requires moderation. Your input was flagged for \"violence\"."}})j"},
        {403, R"j({"code":"permission-denied","error":"Content violates usage guidelines."})j"},
        {400, R"j({"error":{"code":"content_policy_violation","message":"no"}})j"}};
    for (const auto& [status, body] : filtered) {
        const Setback setback = judge_error(status, body);
        EXPECT_EQ(setback.failure.code, "provider.content_filter") << body;
        EXPECT_EQ(setback.again, Again::never) << body;
    }
}

}  // namespace
}  // namespace loquat::model::test
