// Package unify is the second room: one person, one profile (名寄せ). It reads the log, finds
// out whose each event is, keeps the profiles, hands the stamped events to the warehouse,
// and carries out what people decide: merges, separations, deletions.
//
// # Words
//
// A profile (hitori.CustomerID) is made when an event names somebody nobody knew. Its id is the
// position of that event, so the same log always gives the same ids. A person is one profile,
// the root, with all profiles that were merged into it. An event is stamped with its profile
// and keeps that stamp for ever; who the person is now is asked through the merges. So a
// merge moves no event and no trait, and undoing it needs none back.
//
// How well a person is known is a [Level], the class of the strongest identifier the
// profile began with: [Member] (an account), [Lead] (a contact) or [Visitor] (a device, or
// less).
//
// # Identifiers
//
//	kind          class      normal form                            found in
//	user_id       account    as it is                               userId
//	card          account    NFKC, upper case, letters and digits   traits card, cardNumber, membership_number
//	email         contact    NFKC, lower case, without "mailto:"    trait email
//	line_id       contact    as it is                               traits line_id, lineId, lineUserId
//	phone         contact    E.164, Japan where no country is said  trait phone
//	anonymous_id  device     as it is                               anonymousId
//	any other     reference  NFKC                                   context.externalIds only
//
// The kinds are in the order of their strength. Traits count in identify calls and, for every call,
// in context.traits. context.externalIds takes every kind. White space at the ends, control
// characters, zero-width spaces and byte order marks are dropped everywhere; a value of more than
// 256 bytes is none.
//
// What an identifier proves is its class. An account is given by a shop to one person, who
// has one of a kind. A contact reaches a person and is mostly their own. A device may be used by
// several people. A reference helps to find a person and joins nobody.
//
// Junk is dropped before it can name anybody: placeholders of programs (null, undefined, guest, 0,
// (not set) …), addresses of functions and of nobody (info@, noreply@, guest@, test@ …), telephone
// numbers whose last eight digits are all the same or count up (000-0000-0000, 090-1234-5678).
// See package normal.
//
// # Whose an event is
//
// The strongest identifier leads: the event belongs to the profile that has it, and to a
// new one when nobody has. Every further identifier is then looked at, strongest first. One that
// nobody has becomes the profile's; of contacts, only the first 30 of a kind. One that is
// another person's says that the two are perhaps one:
//
//	a reference, or a shared device            nothing
//	either is a visitor                        joined: the anonymous history finds its person
//	a device in common, both known             conflict shared_device; the device becomes shared
//	both have an account of the same kind      conflict same_account
//	an account in common                       joined: the source says so itself
//	a contact in common:
//	  both members, known before this event    conflict both_members
//	  an e-mail address or LINE id             joined
//	  a telephone number, a name in common     joined
//	  a telephone number, other names          conflict other_name
//	  a telephone number, a name missing,
//	    both with e-mail, none in common       conflict other_email
//	  a telephone number otherwise             joined
//
// The first line that fits decides. Two people of whom somebody decided that they are not
// one are never joined, and not even a conflict is noted. Names are compared without spaces, width
// and case, with variant characters folded (髙橋 and 高橋 are one); they come from family and given
// name, or else from the trait name.
//
// In a join the better known person wins, then the older one, so that ids in use stay.
//
// A conflict is a join that the rules refuse. The identifier stays where it was, the event counts for
// its own profile, and both people show the conflict until somebody merges or separates them. Two
// members are therefore only joined without a decision when one of them was made by
// this very event, or when the source sends both accounts in one event.
//
// A shared device joins nobody any more. What is done on it with an account or contact in
// the event counts for that person; what is done without is a visitor's, one for the
// device. When the people who shared it become one, it is trusted again.
//
// A telephone number that leads, and comes with another name than its owner's, is noted as a conflict
// too; the event stays the owner's. An e-mail address, LINE id or telephone number that five others
// have claimed, counting each profile and each name once, turns into junk: it names nobody from then
// on, and its conflicts are closed. People can mark an identifier as junk, and trust it again.
//
// An alias call joins its previousId to the event: the account of that id when there is one,
// else the device. The rules above hold for it too.
//
// # Decisions
//
// What people decide is a system event on the log, one to a frame, so that a rebuild comes to the
// same result. [Decisions] waits until it has been carried out. A merge by decision may
// join any two people and forgets that they were separated.
//
// Undoing a merge gives the loser back with everything that had been merged into it
// before. Both histories are as they would be without the merge: events, traits, consents and
// memberships stand by profile, and what came since went to the profile it named. The two are then
// separated, so that they are not joined again by themselves.
//
// Deleting a person removes all profiles from the state at once; warehouse, log and files
// follow when everything accepted before has been applied, see [Erasures]. Identifiers are remembered as a
// keyed hash, so that events which were accepted before the deletion and are applied after
// it do not bring the person back; they are removed from the log. Events accepted later make a new person. A proof
// of what was removed, without saying of whom, stays.
//
// An import of a file can be taken back, see [Undos]: everything is then as if the file had never been imported.
//
// # What is known about a person
//
// Traits come from the traits of identify calls, each with source and time. The later time
// wins, then the later place on the log, so events that arrive out of order never overwrite
// newer values. A time more than five minutes in the future was taken for the time of receipt by
// package collect. A profile keeps 500 traits; further new names stay in the events.
//
// A consent is the latest "Consent Granted" or "Consent Withdrawn" by time for one channel and
// purpose; at the same time the withdrawal wins. Without a purpose it is for "marketing"; without a
// channel it is none. All properties of the event are the proof.
//
// A group call makes a person a member of a company, or of what its trait type says, such as a household;
// its traits are known about the group, as those of "Product Updated" are about the product
// and the variant. Memberships and the traits of groups and products follow the same rule of time.
//
// A person shows the newest of every trait, consent and membership of all its profiles.
//
// # How a batch is applied
//
// A [Worker] reads the partitions that are its own. Frames are gathered into a step: up to 20,000 events
// or 16 MiB, for 100 ms at most; a decision is a step of its own. One transaction on the state takes
// the whole step or nothing of it:
//
//	           frames of the worker's partitions
//	                      │
//	                      ▼
//	                 ┌──────────┐  crash: nothing happened, the frames are read again
//	                 │ gathered │
//	                 └────┬─────┘
//	                      │ one transaction: sightings (which events are new), identities,
//	                      │ profiles, counts, checkpoint, and the step with its plan
//	                      ▼
//	                 ┌──────────┐  crash: the plan is sent again, under the same token,
//	         ┌──────▶│ pending  │  by whoever works on its first partition next
//	         │       └────┬─────┘
//	tried    │            │ append to the warehouse, idempotent by token
//	again    └────────────┤
//	while it is           ▼
//	unavailable      ┌──────────┐
//	                 │ settled  │
//	                 └────┬─────┘
//	                      │ with the next transaction
//	                      ▼
//	                  forgotten
//
// The plan is whose each event of the step is and who moved, in a few bytes per event; the
// events themselves are read from the log again. The state is at most a few steps ahead
// of the warehouse. The checkpoint moves only from where the step began, so that of two
// workers with the same partition one fails and starts anew.
//
// An event id that was seen at an earlier place is a repeat and changes nothing. The same id at the same place is
// the event itself, read again after a crash or in a rebuild.
//
// # Sources
//
// Calls, context.traits and context.externalIds are those of the Segment specification
// (segment.com/docs/connections/spec). Telephone numbers are read with Google's libphonenumber
// metadata (package phonenumbers). NFKC is that of Unicode Standard Annex #15.
package unify
