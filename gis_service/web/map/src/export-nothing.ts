/** Stands for parts of jsPDF that draw HTML, SVG and PNG into a PDF: none is used here,
 * and left in they would double what a reader fetches for one page. */

export default null;

export function decode(): never {
  throw new Error("this build draws no PNG into a PDF");
}
