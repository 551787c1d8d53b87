#include "services/chat/domain/context_window.hpp"

#include <algorithm>

#include "base/cut.hpp"
#include "base/text.hpp"
#include "base/tokens.hpp"

namespace loquat::chat {
namespace {

using contracts::PromptMessage;
using contracts::PromptRole;

constexpr std::string_view group_note =
    "You are taking part in a group conversation. Each message of a person begins with that "
    "person's name and a colon. Answer the last message. Do not begin your answer with a name.";
constexpr std::string_view title_note =
    "Write a title for the conversation that begins below: at most six words, in its language, "
    "without quotes and without a full stop. Answer with the title only.";
constexpr std::size_t title_excerpt_bytes = 2'000;

std::int64_t cost_of(std::string_view text) { return count_tokens(text) + tokens_each_message; }

std::string_view strip_quotes(std::string_view text) {
    constexpr std::string_view marks = "\"'`*#_ \t";
    const std::size_t begin = text.find_first_not_of(marks);
    if (begin == std::string_view::npos) {
        return {};
    }
    const std::size_t end = text.find_last_not_of("\"'`*_. \t");
    return end == std::string_view::npos || end < begin ? std::string_view{}
                                                        : text.substr(begin, end - begin + 1);
}

}  // namespace

PromptMessage to_prompt(ChatKind kind, const contracts::StoredMessage& message) {
    if (message.sender.kind == contracts::ParticipantKind::assistant) {
        return {PromptRole::assistant, message.text};
    }
    if (kind != ChatKind::group) {
        return {PromptRole::user, message.text};
    }
    const std::string& name =
        message.sender.display_name.empty() ? message.sender.username : message.sender.display_name;
    return {PromptRole::user, name + ": " + message.text};
}

ContextWindow::ContextWindow(ChatKind kind, std::string system_prompt, Room room)
    : kind_(kind), system_prompt_(std::move(system_prompt)), room_(room) {
    if (kind_ == ChatKind::group) {
        system_prompt_ += system_prompt_.empty() ? "" : "\n\n";
        system_prompt_ += group_note;
    }
    if (!system_prompt_.empty()) {
        tokens_ = cost_of(system_prompt_);
    }
}

bool ContextWindow::add_older(const contracts::StoredMessage& message) {
    if (is_full_) {
        return false;
    }
    const bool is_said = !message.deleted_at && !message.text.empty() &&
                         message.sender.kind != contracts::ParticipantKind::system;
    if (is_said) {
        PromptMessage prompt = to_prompt(kind_, message);
        const std::int64_t cost = cost_of(prompt.content);
        const bool is_first = newest_first_.empty();
        if (!is_first && !own_ && tokens_ + cost > room_.own) {
            own_ = describe_all();
        }
        if (!is_first && tokens_ + cost > room_.widest) {
            is_full_ = true;
            return false;
        }
        tokens_ += cost;
        newest_first_.push_back(std::move(prompt));
    }
    oldest_seq_ = oldest_seq_ == 0 ? message.seq : std::min(oldest_seq_, message.seq);
    return true;
}

std::vector<PromptMessage> ContextWindow::take() {
    std::vector<PromptMessage> messages;
    messages.reserve(newest_first_.size() + 1);
    if (!system_prompt_.empty()) {
        messages.push_back({PromptRole::system, std::move(system_prompt_)});
    }
    std::ranges::move(newest_first_.rbegin(), newest_first_.rend(), std::back_inserter(messages));
    newest_first_.clear();
    return messages;
}

GenerationContext ContextWindow::describe() const { return own_ ? *own_ : describe_all(); }

GenerationContext ContextWindow::describe_all() const {
    return {.messages = static_cast<std::int64_t>(newest_first_.size()),
            .dropped = left_out(),
            .tokens = tokens_,
            .tokens_max = room_.own};
}

std::vector<PromptMessage> title_prompt(std::string_view question, std::string_view answer) {
    std::string talk = "Question: ";
    talk.append(cut_text(question, title_excerpt_bytes))
        .append("\n\nAnswer: ")
        .append(cut_text(answer, title_excerpt_bytes));
    return {{PromptRole::system, std::string{title_note}}, {PromptRole::user, std::move(talk)}};
}

std::string clean_title(std::string_view answer, std::size_t characters_max) {
    std::string_view line;
    for (const std::string_view one : split(answer, '\n')) {
        line = strip_quotes(trim(one));
        if (!line.empty()) {
            break;
        }
    }
    std::string title;
    std::size_t characters = 0;
    for (std::size_t at = 0; at < line.size(); ++at) {
        const auto byte = static_cast<unsigned char>(line[at]);
        if ((byte & 0xC0) != 0x80 && ++characters > characters_max) {
            break;
        }
        title.push_back(byte == '\t' ? ' ' : line[at]);
    }
    return std::string{trim(title)};
}

}  // namespace loquat::chat
