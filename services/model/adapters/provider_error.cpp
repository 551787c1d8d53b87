#include "services/model/adapters/provider_error.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace loquat::model {
namespace {

// What is known of an error, wherever the provider put it.
struct Facts {
    int status = 0;
    std::string words;  // code and type, lower case
    std::string message;
    SaidTokens said;
};

std::string text_of(const wire::Value* value) {
    if (value == nullptr) {
        return {};
    }
    if (const std::string* text = value->if_string()) {
        return *text;
    }
    return value->is_number() ? wire::to_json(*value) : std::string{};
}

void take_facts(const wire::Value& value, Facts& facts) {
    if (const wire::Array* list = value.if_array()) {
        if (!list->empty()) {
            take_facts(list->front(), facts);
        }
        return;
    }
    if (const std::string* text = value.if_string()) {
        facts.message = *text;
        return;
    }
    for (const char* name : {"error", "errors"}) {
        const wire::Value* inner = value.find(name);
        if (inner != nullptr && inner->if_array() != nullptr && !inner->if_array()->empty()) {
            inner = &inner->if_array()->front();
        }
        if (inner != nullptr && !inner->is_null()) {
            take_facts(*inner, facts);
        }
    }
    for (const char* name : {"code", "type", "status"}) {
        const std::string text = text_of(value.find(name));
        const auto number = parse_number(text);
        if (number && *number >= 400 && *number < 600 && facts.status < 400) {
            facts.status = static_cast<int>(*number);
        }
        facts.words += to_lower_ascii(text) + " ";
    }
    if (const auto limit = parse_number(text_of(value.find("n_ctx")))) {
        facts.said.limit = static_cast<std::int64_t>(*limit);
    }
    for (const char* name : {"message", "detail", "msg"}) {
        if (facts.message.empty()) {
            facts.message = text_of(value.find(name));
        }
    }
}

bool has_any(const Facts& facts, std::initializer_list<std::string_view> words) {
    return std::ranges::any_of(
        words, [&](std::string_view word) { return facts.words.find(word) != std::string::npos; });
}

Setback refused(const Facts& facts, std::string detail) {
    const bool elsewhere = facts.status != 400 && facts.status != 422 && facts.status != 0;
    return {Failure{Kind::unavailable, "provider.refused",
                    "The provider of this model has refused the request.", std::move(detail)},
            elsewhere ? Again::elsewhere : Again::never};
}

// Any of these may come with a prompt that is too long; 413 means nothing else.
std::optional<Setback> judge_length(const Facts& facts, const std::string& detail) {
    constexpr std::array statuses{0, 400, 413, 422, 500};
    const bool may_be = std::ranges::find(statuses, facts.status) != statuses.end();
    const bool is_rate = facts.status != 413 && has_any(facts, {"rate_limit", "quota"});
    if (!may_be || is_rate || (facts.status != 413 && !says_too_long(facts.words, facts.message))) {
        return std::nullopt;
    }
    Setback setback{Failure{Kind::unavailable, std::string{prompt_too_long_code},
                            "The conversation is too long for this model.", detail},
                    Again::elsewhere};
    setback.said = read_said_tokens(facts.message);
    if (!setback.said.limit) {
        setback.said = facts.said;
    }
    return setback;
}

// A filter of the provider, or of the model.
bool is_filtered(const Facts& facts) {
    if (has_any(facts, {"content_filter", "content_policy", "moderation", "safety", "refusal",
                        "responsibleaipolicyviolation", "data_inspection", "datainspection",
                        "prohibited_content", "sensitive_content"})) {
        return true;
    }
    constexpr std::array sentences{"content management policy",
                                   "content policy",
                                   "content exists risk",
                                   "usage guidelines",
                                   "inappropriate content",
                                   "requires moderation",
                                   "flagged by",
                                   "safety system",
                                   "responsible ai"};
    const std::string message = to_lower_ascii(facts.message);
    return std::ranges::any_of(
        sentences, [&](const char* one) { return message.find(one) != std::string::npos; });
}

// Some providers answer with a status that says less than the words in the body.
std::optional<Setback> judge_words(const Facts& facts, const std::string& detail) {
    if (auto length = judge_length(facts, detail)) {
        return length;
    }
    if (has_any(facts, {"insufficient_quota", "quota_exceeded", "billing", "credits", "payment"}) ||
        facts.status == 402) {
        return Setback{Failure{Kind::unavailable, "provider.quota_exceeded",
                               "The quota of this model's provider is used up.", detail},
                       Again::elsewhere};
    }
    if (facts.status < 500 && facts.status != 429 && is_filtered(facts)) {
        return content_filter(detail);
    }
    if (facts.status == 429 || has_any(facts, {"rate_limit", "too_many_requests"})) {
        return Setback{
            Failure{Kind::unavailable, "provider.rate_limited",
                    "The provider of this model takes no more requests just now.", detail},
            Again::here};
    }
    return std::nullopt;
}

Setback judge(const Facts& facts) {
    std::string detail = std::to_string(facts.status) + " " + facts.words + facts.message;
    if (auto known = judge_words(facts, detail)) {
        return std::move(*known);
    }
    constexpr std::array passing{408, 409, 424, 425, 498, 499};
    const bool is_passing =
        facts.status >= 500 || std::ranges::find(passing, facts.status) != passing.end();
    const bool sounds_refused =
        has_any(facts, {"invalid", "not_found", "authentication", "permission", "unsupported"});
    if ((facts.status >= 400 && !is_passing) || (facts.status == 0 && sounds_refused)) {
        return refused(facts, std::move(detail));
    }
    return {Failure{Kind::unavailable, "provider.unavailable",
                    "The provider of this model does not work just now.", std::move(detail)},
            Again::here};
}

}  // namespace

Setback judge_error_value(int status, const wire::Value& error) {
    Facts facts{.status = status};
    take_facts(error, facts);
    return judge(facts);
}

Setback judge_error(int status, std::string_view body) {
    std::optional<wire::Value> value;
    try {
        value = wire::parse(body);
    } catch (const Failure&) {
        value.reset();  // HTML, a plain sentence, or nothing: the status has to do
    }
    if (value) {
        return judge_error_value(status, *value);
    }
    return judge({.status = status, .message = std::string{body}});
}

Setback truncated(std::string detail) {
    return {Failure{Kind::unavailable, "provider.truncated", "The answer broke off.",
                    std::move(detail)},
            Again::here};
}

Setback bad_answer(std::string detail) {
    return {Failure{Kind::unavailable, "provider.bad_answer",
                    "The provider of this model has sent something else than an answer.",
                    std::move(detail)},
            Again::elsewhere};
}

Setback too_long(std::string detail) {
    return {Failure{Kind::unavailable, "provider.too_long",
                    "The answer is longer than allowed here.", std::move(detail)},
            Again::never};
}

Setback content_filter(std::string detail) {
    return {Failure{Kind::unavailable, "provider.content_filter",
                    "The provider of this model does not answer that.", std::move(detail)},
            Again::never};
}

Setback timed_out(std::string detail) {
    return {Failure{Kind::timed_out, "provider.timeout",
                    "The provider of this model did not answer in time.", std::move(detail)},
            Again::elsewhere};
}

Setback from_failure(const Failure& failure, bool has_begun) {
    if (failure.code == "upstream.untrusted") {
        return {Failure{Kind::unavailable, "provider.untrusted",
                        "The provider of this model cannot prove who it is.", failure.detail},
                Again::elsewhere};
    }
    if (failure.code == "upstream.timeout") {
        return timed_out(failure.detail);
    }
    if (failure.code == "upstream.bad_answer") {
        return bad_answer(failure.detail);
    }
    if (has_begun) {
        return truncated(failure.detail);
    }
    return {Failure{Kind::unavailable, "provider.unavailable",
                    "The provider of this model cannot be reached.", failure.detail},
            Again::here};
}

}  // namespace loquat::model
