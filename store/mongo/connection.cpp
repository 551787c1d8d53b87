#include "store/mongo/connection.hpp"

#include <algorithm>

#include "store/mongo/failure.hpp"
#include "store/mongo/mongo_library.hpp"

namespace loquat::store {
namespace {

using std::chrono::milliseconds;

constexpr const char* default_database = "loquat";

const MongoLibrary& mongo() { return MongoLibrary::get(); }

struct FreeUri {
    void operator()(::mongoc_uri_t* uri) const { mongo().mongoc_uri_destroy(uri); }
};
struct FreeClient {
    void operator()(::mongoc_client_t* client) const { mongo().mongoc_client_destroy(client); }
};
struct FreeCollection {
    void operator()(::mongoc_collection_t* collection) const {
        mongo().mongoc_collection_destroy(collection);
    }
};
struct FreeCursor {
    void operator()(::mongoc_cursor_t* cursor) const { mongo().mongoc_cursor_destroy(cursor); }
};
struct FreePreferences {
    void operator()(::mongoc_read_prefs_t* prefs) const {
        mongo().mongoc_read_prefs_destroy(prefs);
    }
};

using Uri = std::unique_ptr<::mongoc_uri_t, FreeUri>;
using Client = std::unique_ptr<::mongoc_client_t, FreeClient>;
using Preferences = std::unique_ptr<::mongoc_read_prefs_t, FreePreferences>;

Uri read_url(const std::string& url) {
    ::bson_error_t error{};
    Uri uri{mongo().mongoc_uri_new_with_error(url.c_str(), &error)};
    if (!uri) {
        throw Failure{Kind::invalid, "config.invalid",
                      "The URL of MongoDB cannot be read: " + std::string{error.message}};
    }
    return uri;
}

std::string database_of(const ::mongoc_uri_t* uri) {
    const char* const name = mongo().mongoc_uri_get_database(uri);
    return name == nullptr || *name == 0 ? default_database : name;
}

void set_limit(::mongoc_uri_t* uri, const char* option, milliseconds limit) {
    if (!mongo().mongoc_uri_has_option(uri, option)) {
        mongo().mongoc_uri_set_option_as_int32(uri, option, static_cast<int>(limit.count()));
    }
}

// An answer that libmongoc fills in and that is freed whatever happens.
class Reply {
  public:
    Reply() = default;
    ~Reply() { mongo().bson_destroy(&bson_); }
    Reply(const Reply&) = delete;
    Reply& operator=(const Reply&) = delete;

    ::bson_t* handle() { return &bson_; }
    Document document() const { return Document::copy_of(&bson_); }

  private:
    ::bson_t bson_ = BSON_INITIALIZER;
};

}  // namespace

struct MongoConnection::State {
    explicit State(const MongoTarget& target) {
        const Uri uri = read_url(target.url);
        set_limit(uri.get(), MONGOC_URI_CONNECTTIMEOUTMS, target.connect_max);
        set_limit(uri.get(), MONGOC_URI_SOCKETTIMEOUTMS, target.answer_max);
        set_limit(uri.get(), MONGOC_URI_SERVERSELECTIONTIMEOUTMS, target.connect_max);
        database = database_of(uri.get());
        client.reset(mongo().mongoc_client_new_from_uri(uri.get()));
        if (!client) {
            throw Failure{Kind::invalid, "config.invalid",
                          "The URL of MongoDB has options that this libmongoc cannot do."};
        }
        mongo().mongoc_client_set_error_api(client.get(), MONGOC_ERROR_API_VERSION_2);
        mongo().mongoc_client_set_appname(client.get(), "loquat");
        primary.reset(mongo().mongoc_read_prefs_new(MONGOC_READ_PRIMARY));
    }

    std::string database;
    Client client;
    Preferences primary;
};

MongoConnection::MongoConnection(MongoTarget target) : target_(std::move(target)) { state(); }

MongoConnection::~MongoConnection() = default;

void MongoConnection::renew() { state_.reset(); }

// After a failure it is made anew: the library would not look at that server for five seconds.
MongoConnection::State& MongoConnection::state() {
    if (!state_ || is_lost_) {
        state_.reset();
        state_ = std::make_unique<State>(target_);
        is_lost_ = false;
    }
    return *state_;
}

void MongoConnection::fail(const ::bson_error_t& error) {
    const MongoError read = read_error(error);
    is_lost_ =
        read.meaning == MongoError::Meaning::away || read.meaning == MongoError::Meaning::unknown;
    throw_mongo(read);
}

std::vector<Document> MongoConnection::find(const MongoQuery& query) {
    State& state = this->state();
    const std::string name{query.collection};
    const std::unique_ptr<::mongoc_collection_t, FreeCollection> collection{
        mongo().mongoc_client_get_collection(state.client.get(), state.database.c_str(),
                                             name.c_str())};
    Document options{{"maxTimeMS", std::int64_t{target_.answer_max.count()}}};
    if (!query.order.is_empty()) {
        options.set("sort", query.order);
    }
    if (!query.members.is_empty()) {
        options.set("projection", query.members);
    }
    if (query.limit > 0) {
        options.set("limit", static_cast<std::int64_t>(query.limit));
        options.set("batchSize", static_cast<std::int64_t>(query.limit + 1));
    }
    const std::unique_ptr<::mongoc_cursor_t, FreeCursor> cursor{
        mongo().mongoc_collection_find_with_opts(collection.get(), query.filter.handle(),
                                                 options.handle(), state.primary.get())};
    std::vector<Document> found;
    const ::bson_t* document = nullptr;
    while (mongo().mongoc_cursor_next(cursor.get(), &document)) {
        found.push_back(Document::copy_of(document));
    }
    ::bson_error_t error{};
    if (mongo().mongoc_cursor_error(cursor.get(), &error)) {
        fail(error);
    }
    return found;
}

std::optional<Document> MongoConnection::find_one(MongoQuery query) {
    query.limit = 1;
    std::vector<Document> found = find(query);
    return found.empty() ? std::nullopt : std::optional{std::move(found.front())};
}

Document MongoConnection::write(const Document& command, MongoSafety safety) {
    State& state = this->state();
    Document concern{{"w", "majority"}, {"wtimeout", std::int64_t{target_.copies_max.count()}}};
    if (safety == MongoSafety::journal) {
        concern.set("j", true);
    }
    const Document options{{"writeConcern", concern}};
    Reply reply;
    ::bson_error_t error{};
    if (!mongo().mongoc_client_write_command_with_opts(state.client.get(), state.database.c_str(),
                                                       command.handle(), options.handle(),
                                                       reply.handle(), &error)) {
        fail(error);
    }
    return reply.document();
}

std::size_t MongoConnection::insert(std::string_view collection,
                                    std::span<const Document> documents) {
    if (documents.empty()) {
        return 0;
    }
    const Document reply =
        write({{"insert", collection}, {"documents", documents}, {"ordered", true}},
              MongoSafety::majority);
    const std::vector<Document> errors = reply.documents("writeErrors");
    if (errors.empty()) {
        return documents.size();
    }
    const auto code = static_cast<int>(errors.front().integer("code"));
    if (code != MONGOC_ERROR_DUPLICATE_KEY) {
        throw_mongo(read_error(code, errors.front().find_text("errmsg").value_or("")));
    }
    return static_cast<std::size_t>(errors.front().integer("index"));
}

void MongoConnection::update(std::string_view collection, std::span<const MongoChange> changes,
                             MongoSafety safety) {
    std::vector<Document> updates;
    for (const MongoChange& change : changes) {
        updates.push_back({{"q", change.filter}, {"u", change.change}, {"multi", true}});
    }
    if (updates.empty()) {
        return;
    }
    const Document reply =
        write({{"update", collection}, {"updates", Document::Value::Array{updates}}}, safety);
    for (const Document& error : reply.documents("writeErrors")) {
        throw_mongo(read_error(static_cast<int>(error.integer("code")),
                               error.find_text("errmsg").value_or("")));
    }
}

void MongoConnection::remove(std::string_view collection, const Document& filter) {
    const std::vector<Document> deletes{{{"q", filter}, {"limit", 0}}};
    write({{"delete", collection}, {"deletes", Document::Value::Array{deletes}}},
          MongoSafety::majority);
}

// One by one, and only those that are missing: FerretDB loses its way with several that are there.
void MongoConnection::make_indexes(std::string_view collection,
                                   const std::vector<MongoIndex>& indexes) {
    const std::vector<Document> there = list_indexes(collection);
    for (const MongoIndex& index : indexes) {
        const auto has_name = [&](const Document& one) { return one.text("name") == index.name; };
        const auto found = std::ranges::find_if(there, has_name);
        if (found == there.end()) {
            Document made{{"key", index.key}, {"name", index.name}};
            if (index.is_unique) {
                made.set("unique", true);
            }
            write({{"createIndexes", collection}, {"indexes", Document::Value::Array{&made, 1}}},
                  MongoSafety::majority);
        } else if (index.is_unique && !found->flag("unique")) {
            throw Failure{Kind::invalid, "store.unfit",
                          "MongoDB cannot be used: the index " + std::string{index.name} + " of " +
                              std::string{collection} +
                              " is not unique. Drop it, and it is made anew."};
        }
    }
}

std::vector<Document> MongoConnection::list_indexes(std::string_view collection) {
    State& state = this->state();
    const Document command{{"listIndexes", collection}};
    Reply reply;
    ::bson_error_t error{};
    if (mongo().mongoc_client_read_command_with_opts(state.client.get(), state.database.c_str(),
                                                     command.handle(), state.primary.get(), nullptr,
                                                     reply.handle(), &error)) {
        return reply.document().document("cursor").documents("firstBatch");
    }
    // There is no such collection yet.
    if (error.domain == MONGOC_ERROR_SERVER &&
        error.code == MONGOC_ERROR_COLLECTION_DOES_NOT_EXIST) {
        return {};
    }
    fail(error);
}

Document MongoConnection::ask(const Document& command) {
    State& state = this->state();
    Reply reply;
    ::bson_error_t error{};
    if (!mongo().mongoc_client_read_command_with_opts(state.client.get(), "admin", command.handle(),
                                                      state.primary.get(), nullptr, reply.handle(),
                                                      &error)) {
        fail(error);
    }
    return reply.document();
}

void MongoConnection::drop_database() { write({{"dropDatabase", 1}}, MongoSafety::majority); }

}  // namespace loquat::store
