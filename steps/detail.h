// SPDX-License-Identifier: MIT
/*
 * StepDetail: what the four states of the document cannot say. Only for steps/.
 *
 *	<StepDetail>
 *	  <State>TimedOut</State>
 *	  <Attempt> Number, State, StartTime, EndTime, ExitCode, Signal, Log, User, LeftBehind, Reason </Attempt>
 *	  <Override> Kind, State, Time, User, Reason, Detail </Override>
 *	  <SubStep> Number, Group, Name, Parent, Attempt, State, StartTime, EndTime, ExitCode, Signal </SubStep>
 *	</StepDetail>
 *
 * Elements without a value are left out. Attempts, overrides and runs of sub-steps stand in their order, behind those that came with the document.
 */
#pragma once

#include "runbook/base/strbuf.h"
#include "runbook/step.h"
#include "steps/ledger.h"

/* The state of a step of a document: what its StepDetail says, as far as it agrees with StepState. InProgress becomes Interrupted. */
enum step_state detail_state(const struct step *step);

/* The word of the document for a state of ours. */
enum step_document_state detail_document_state(enum step_state state);

/*
 * Begins the text: the state, and what `earlier_xml`, the StepDetail that came with the document ("": none), holds beside its
 * own.
 */
void detail_begin(struct strbuf *xml, enum step_state state, const char *earlier_xml);
void detail_add_attempt(struct strbuf *xml, const struct ledger_attempt *attempt);
void detail_add_override(struct strbuf *xml, const struct ledger_override *override);
void detail_add_sub_step(struct strbuf *xml, const struct ledger_sub_step *sub_step);
void detail_end(struct strbuf *xml);
