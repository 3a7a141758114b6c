// Telling the app that something was clicked or chosen, and showing that it has not answered yet.
import { post } from "../api.js";
import { confirm, toast } from "../dialogs.js";

/**
 * Sends a block action. Asks the element's confirm dialog first; while the app has not acknowledged, the element is
 * marked pending (its form re-renders). Returns false when the person said no or the app did not take it.
 */
export async function sendAction(ctx, block, element, detail) {
  const { form } = ctx;
  if (form.isPending(block, element)) return false;
  if (element.confirm && !(await confirm(element.confirm))) return false;
  form.setPending(block, element, true);
  form.rerender();
  try {
    const action = { type: element.type, block_id: block.block_id, action_id: element.action_id, ...detail };
    await post("action", { container: form.container, action, state: form.values() });
    return true;
  } catch (error) {
    toast(error.message, { error: true });
    return false;
  } finally {
    form.setPending(block, element, false);
    form.rerender();
  }
}

/** Whether a change of this element is told at once: always outside input blocks, inside only with dispatch_action. */
export const dispatches = (block) => block.type !== "input" || block.dispatch_action === true;

/** Attributes every interactive element carries, for tests and for finding the focus again. */
export function marks(ctx, block, element) {
  const pending = ctx.form.isPending(block, element);
  return {
    data: {
      actionId: element.action_id,
      blockId: block.block_id,
      focus: `${block.block_id}/${element.action_id}`,
    },
    "aria-busy": pending ? "true" : undefined,
    "aria-disabled": pending ? "true" : undefined,
    class: pending ? "pending" : "",
  };
}
