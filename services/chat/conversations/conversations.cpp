#include "services/chat/conversations/conversations.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "services/chat/conversations/audit.hpp"
#include "services/chat/domain/assistant.hpp"
#include "services/chat/domain/failures.hpp"
#include "services/chat/domain/text.hpp"

namespace loquat::chat {
namespace {

Visibility to_visibility(contracts::Visibility visibility) {
    return visibility == contracts::Visibility::public_ ? Visibility::everyone
                                                        : Visibility::only_members;
}

void check_assistant(const AssistantSettings& settings) {
    if (settings.temperature && !(*settings.temperature >= 0 && *settings.temperature <= 2)) {
        throw invalid_field("assistant.temperature", "out_of_range", "must be 0 to 2");
    }
    check_system_prompt("assistant.system_prompt", settings.system_prompt);
}

// What a PATCH leaves out stays; null takes away.
AssistantSettings merge(AssistantSettings settings, const contracts::AssistantChange& change) {
    settings.model = change.model.value_or(settings.model);
    settings.system_prompt = change.system_prompt.value_or(settings.system_prompt);
    settings.temperature = change.temperature.value_or(settings.temperature);
    settings.max_tokens = change.max_tokens.value_or(settings.max_tokens);
    settings.enabled = change.enabled.value_or(settings.enabled);
    return settings;
}

// Without settings nobody can ask in a room; a conversation with an assistant has its defaults.
std::optional<AssistantSettings> without_settings(ChatKind kind) {
    return kind == ChatKind::assistant ? std::optional{AssistantSettings{}} : std::nullopt;
}

void check_creation(const ChatRecord& chat, const contracts::CreateChatRequest& request) {
    if (chat.kind == ChatKind::group && chat.title.empty()) {
        throw invalid_field("title", "required", "is required for a group");
    }
    if (chat.kind != ChatKind::group && chat.visibility == Visibility::everyone) {
        throw invalid_field("visibility", "not_public", "only a group can be public");
    }
    if (chat.kind == ChatKind::direct && request.assistant) {
        throw invalid_field("assistant", "not_direct", "a direct conversation has no assistant");
    }
    if (request.assistant) {
        check_assistant(*request.assistant);
    }
}

// As a PATCH leaves it; throws what refuses it.
ChatRecord changed_by(const contracts::UpdateChatRequest& request, ChatRecord chat,
                      std::size_t title_characters_max) {
    if (request.title) {
        chat.title = to_title(*request.title, title_characters_max);
        chat.title_seq = 0;
    }
    if (request.visibility) {
        chat.visibility = to_visibility(*request.visibility);
    }
    if (request.assistant && !*request.assistant) {
        chat.assistant = without_settings(chat.kind);
    } else if (request.assistant) {
        chat.assistant = merge(chat.assistant.value_or(AssistantSettings{}), **request.assistant);
    }
    chat.is_archived = request.archived.value_or(chat.is_archived);
    check_creation(
        chat, {.kind = chat.kind, .assistant = request.assistant ? chat.assistant : std::nullopt});
    return chat;
}

std::optional<std::string> model_of(const ChatRecord& chat) {
    return chat.assistant ? chat.assistant->model : std::nullopt;
}

// Everybody but the creator, each once.
std::vector<UserId> other_members(const contracts::CreateChatRequest& request,
                                  const UserId& creator) {
    std::vector<UserId> others = request.member_ids;
    std::ranges::sort(others);
    const auto repeats = std::ranges::unique(others);
    others.erase(repeats.begin(), repeats.end());
    std::erase(others, creator);
    return others;
}

}  // namespace

NewChat Conversations::make_new_chat(const contracts::Caller& caller,
                                     const contracts::CreateChatRequest& request) {
    const UserId creator = caller.user_id();
    NewChat made;
    ChatRecord& chat = made.chat;
    chat.id = ChatId::make();
    chat.kind = request.kind;
    chat.visibility = to_visibility(request.visibility);
    if (chat.kind != ChatKind::direct) {
        chat.title = to_title(request.title, parts_.config.title_characters_max);
    }
    check_creation(chat, request);
    chat.assistant = request.assistant;
    if (chat.kind == ChatKind::assistant && !chat.assistant) {
        chat.assistant = AssistantSettings{};
    }
    chat.created_at = parts_.clock.now();
    chat.active_at = parts_.activity.place_of(chat.created_at);
    const std::vector<UserId> others = other_members(request, creator);
    if (chat.kind == ChatKind::direct) {
        if (others.size() != 1) {
            throw invalid_field("member_ids", "one_other", "must be exactly one other person");
        }
        chat.pair = Pair::of(creator, others.front());
    }
    if (static_cast<std::int64_t>(others.size()) + 1 > parts_.config.members_max) {
        throw invalid_field(
            "member_ids", "too_long",
            "must have at most " + std::to_string(parts_.config.members_max - 1) + " items");
    }
    const MemberRole own_role = chat.pair ? MemberRole::member : MemberRole::owner;
    made.members.push_back({creator, own_role, chat.created_at, 0});
    for (const UserId& other : others) {
        made.members.push_back({other, MemberRole::member, chat.created_at, 0});
    }
    std::ranges::sort(made.members, {}, &MemberRecord::user);
    chat.member_count = static_cast<std::int64_t>(made.members.size());
    made.creator = creator;
    made.chats_per_user_max = parts_.config.chats_per_user_max;
    if (!caller.idempotency_key.empty()) {
        contracts::check_idempotency_key(caller.idempotency_key);
        made.creation_key = "key:" + caller.idempotency_key;
    }
    made.request_hash = fingerprint(wire::encode(request));
    return made;
}

Task<void> Conversations::check_people(std::vector<UserId> users) {
    const People::Found found = co_await parts_.people.find_all(users);
    for (std::size_t i = 0; i < users.size(); ++i) {
        const auto at = found.find(users[i]);
        if (at == found.end() || at->second.state == contracts::AccountState::removed) {
            throw invalid_field("member_ids[" + std::to_string(i) + "]", "unknown_user",
                                "is not a person here");
        }
    }
}

Task<contracts::Reply<contracts::Chat>> Conversations::create_chat(
    contracts::Caller caller, contracts::CreateChatRequest request) {
    NewChat made = make_new_chat(caller, request);
    if (const std::optional<std::string> model = model_of(made.chat)) {
        co_await parts_.models.check_model(*model);
    }
    co_return co_await create(std::move(caller), std::move(request), std::move(made));
}

Task<contracts::Reply<contracts::Chat>> Conversations::create(contracts::Caller caller,
                                                              contracts::CreateChatRequest request,
                                                              NewChat made) {
    const UserId user = caller.user_id();
    co_await check_people(request.member_ids);
    LoadedChat whole{made.chat, made.members};
    const Created created = co_await parts_.chats.create(std::move(made));
    switch (created.outcome) {
        case CreateOutcome::created: {
            std::vector<UserId> everybody;
            for (const MemberRecord& member : whole.members) {
                everybody.push_back(member.user);
            }
            parts_.book.note_created(std::move(whole));
            parts_.publisher.chat_added(created.chat, std::move(everybody));
            break;
        }
        case CreateOutcome::pair_exists:
        case CreateOutcome::key_known:
            break;
        case CreateOutcome::key_conflict:
            throw idempotency_conflict();
        case CreateOutcome::chat_limit:
            throw chat_limit();
    }
    const ConversationPtr found = co_await parts_.cache.get(created.chat, user, Action::read);
    auto body = co_await parts_.views.view(found, user);
    const int status = created.outcome == CreateOutcome::created ? 201 : 200;
    co_return contracts::Reply<contracts::Chat>{std::move(body), status, {}};
}

Task<contracts::Chat> Conversations::get_chat(contracts::Caller caller,
                                              contracts::ChatRef request) {
    const UserId user = caller.user_id();
    const ConversationPtr conversation = co_await parts_.cache.get(request.id, user, Action::see);
    co_return co_await parts_.views.view(conversation, user);
}

Task<contracts::Chat> Conversations::update_chat(contracts::Caller caller,
                                                 contracts::UpdateChatRequest request) {
    const UserId user = caller.user_id();
    const auto lock = co_await parts_.mutex.lock(request.id);
    const ConversationPtr conversation =
        co_await parts_.cache.get(request.id, user, Action::change);
    const ChatRecord wanted =
        changed_by(request, conversation->chat, parts_.config.title_characters_max);
    const std::optional<std::string> model = model_of(wanted);
    if (request.assistant && model && model != model_of(conversation->chat)) {
        co_await parts_.models.check_model(*model);
    }
    if (request.title || request.visibility || request.assistant || request.archived) {
        const Time at = parts_.activity.place_of(parts_.clock.now());
        Proposal proposal{.people = {user}, .judge = {}};
        proposal.judge = [user, request, at,
                          title_max = parts_.config.title_characters_max](const LoadedChat& now) {
            require(Action::change, now.standing_of(user));
            ChatChange change;
            change.settings = changed_by(request, now.chat, title_max);
            change.settings->active_at = std::max(now.chat.active_at, at);
            return change;
        };
        const Judged judged = co_await parts_.book.change(conversation, std::move(proposal));
        tell_change(caller, judged);
    }
    co_return co_await parts_.views.view(conversation, user);
}

void Conversations::tell_change(const contracts::Caller& caller, const Judged& judged) {
    const ChatRecord& before = judged.before.chat;
    const ChatRecord& after = *judged.change.settings;
    parts_.publisher.chat_changed(before.id);
    const bool was_answering = may_be_asked(before.kind, before.assistant);
    const bool is_answering = may_be_asked(after.kind, after.assistant);
    if (was_answering && !is_answering) {
        parts_.events.assistant_off(before.id);
    }
    if (is_answering != was_answering) {
        note_act(parts_.audit, caller, was_answering ? "chat.assistant_off" : "chat.assistant_on",
                 before.id);
    }
}

Task<void> Conversations::delete_chat(contracts::Caller caller, contracts::ChatRef request) {
    const UserId user = caller.user_id();
    const auto lock = co_await parts_.mutex.lock(request.id);
    const ConversationPtr conversation =
        co_await parts_.cache.get(request.id, user, Action::destroy);
    Proposal proposal{.people = {}, .judge = {}, .asks_everybody = true};
    proposal.judge = [user](const LoadedChat& now) {
        require(Action::destroy, now.standing_of(user));
        ChatChange change;
        change.is_end = true;
        return change;
    };
    const Judged judged = co_await parts_.book.change(conversation, std::move(proposal));
    parts_.membership.tell(*conversation, judged);
    note_act(parts_.audit, caller, "chat.deleted", request.id);
}

Task<ChatId> Conversations::create_for_key(contracts::Caller caller, std::string creation_key) {
    contracts::CreateChatRequest request;
    request.kind = ChatKind::assistant;
    caller.idempotency_key.clear();
    NewChat made = make_new_chat(caller, request);
    made.creation_key = std::move(creation_key);
    const auto created = co_await create(std::move(caller), std::move(request), std::move(made));
    co_return created.body.id;
}

}  // namespace loquat::chat
