/* Tables in the CMS's text editor (core/rich_text.py): a block whose cells are text boxes. The first row is the heading. */
(function () {
  const { createElement: h, Component } = window.React;
  const { EditorState, AtomicBlockUtils } = window.DraftJS;
  const SIZE = [3, 3];

  /* Puts an empty table in and has nothing to ask. */
  class TableSource extends Component {
    componentDidMount() {
      const { editorState, entityType, onComplete } = this.props;
      const rows = Array.from({ length: SIZE[0] }, () => Array(SIZE[1]).fill(""));
      const content = editorState.getCurrentContent().createEntity(entityType.type, "IMMUTABLE", { rows });
      onComplete(AtomicBlockUtils.insertAtomicBlock(editorState, content.getLastCreatedEntityKey(), " "));
    }
    render() { return null; }
  }

  /* The editor around a block would take every key and click for its own text. */
  const KEPT = ["onKeyDown", "onKeyUp", "onKeyPress", "onBeforeInput", "onInput", "onPaste", "onCut", "onCopy", "onSelect",
    "onFocus", "onBlur", "onMouseDown", "onMouseUp", "onDragStart", "onDragOver", "onDrop", "onCompositionStart", "onCompositionEnd"];
  const keep = Object.fromEntries(KEPT.map((name) => [name, (event) => event.stopPropagation()]));

  class TableBlock extends Component {
    constructor(props) {
      super(props);
      this.state = { rows: props.blockProps.entity.getData().rows || [[""]] };
    }

    /* Cells are kept as one types (state), and reach the text when one leaves a cell or changes the table's shape. */
    store(rows) {
      const { block, blockProps } = this.props;
      this.setState({ rows });
      const content = blockProps.editorState.getCurrentContent().mergeEntityData(block.getEntityAt(0), { rows });
      blockProps.onChange(EditorState.push(blockProps.editorState, content, "apply-entity"));
    }

    type(row, column, value) {
      const rows = this.state.rows.map((cells) => cells.slice());
      rows[row][column] = value;
      this.setState({ rows });
    }

    render() {
      const { rows } = this.state;
      const width = rows[0].length;
      const button = (label, change, disabled) =>
        h("button", { type: "button", className: "button button-small button-secondary", disabled, onClick: () => store(change) }, label);
      const store = (change) => this.store(change(rows));
      const cell = (text, row, column) =>
        h(row === 0 ? "th" : "td", { key: column },
          h("textarea", {
            rows: Math.min(6, Math.max(1, text.split("\n").length)),
            value: text,
            "aria-label": row === 0 ? `Heading of column ${column + 1}` : `Row ${row}, column ${column + 1}`,
            onChange: (event) => this.type(row, column, event.target.value),
            onBlur: () => this.store(this.state.rows),
          }));
      return h("div", { className: "cl-table-block", contentEditable: false, suppressContentEditableWarning: true, ...keep },
        h("div", { className: "cl-table-block__scroll" },
          h("table", null, h("tbody", null, rows.map((cells, row) =>
            h("tr", { key: row }, cells.map((text, column) => cell(text, row, column))))))),
        h("p", { className: "cl-table-block__buttons" },
          button("Add a row", (all) => [...all, Array(width).fill("")], rows.length >= 200),
          button("Add a column", (all) => all.map((cells) => [...cells, ""]), width >= 12),
          button("Remove the last row", (all) => all.slice(0, -1), rows.length < 2),
          button("Remove the last column", (all) => all.map((cells) => cells.slice(0, -1)), width < 2),
          h("button", { type: "button", className: "button button-small no", onClick: () => this.props.blockProps.onRemoveEntity() }, "Remove the table")));
    }
  }

  window.draftail.registerPlugin({ type: "TABLE", source: TableSource, block: TableBlock }, "entityTypes");
})();
