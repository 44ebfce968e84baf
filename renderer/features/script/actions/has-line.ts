import { type ActionState, hasProject } from '../../../actions/action.ts';
import { activeLineId } from '../../../state/ui-store.ts';

/** A line of the open project is chosen. */
export const hasLine = (state: ActionState): boolean => hasProject(state) && activeLineId(state.ui) !== null;
