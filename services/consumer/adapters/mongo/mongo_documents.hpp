#pragma once
#include <string>
#include <vector>

#include "services/consumer/domain/batch_effect.hpp"
#include "store/mongo/connection.hpp"

// Messages as documents of MongoDB.  A message is inserted once and says what was sent.  Each edit
// and the removal is a document of its own, and the one with the greatest `rev` counts.  What is
// updated is only made empty, so that everybody may do it again at any time.
namespace loquat::consumer {

inline constexpr std::string_view messages_name = "messages";
inline constexpr std::string_view changes_name = "changes";

store::Document document_of(const KeptMessage& kept);
// `rev`: texts that ascend as changes are made.
store::Document document_of(const contracts::StoredMessage& changed, const std::string& rev);
// Whether two documents of one collection with the same id are of the same message or change.
bool is_same(const store::Document& a, const store::Document& b);

// What becomes of the changes before `change`, and of the message: their texts are erased.
store::MongoChange emptied_changes(const store::Document& change);
store::MongoChange emptied_message(const store::Document& change);

// Messages as they are now, in the order of `found`.  Reads their changes.
std::vector<KeptMessage> read_current(store::MongoConnection& connection,
                                      const std::vector<store::Document>& found);

void make_message_indexes(store::MongoConnection& connection);

}  // namespace loquat::consumer
