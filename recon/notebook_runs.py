"""Running a notebook headless, and turning an executed one into a page (RELIABILITY M18).

The notebook runs in a kernel of this very interpreter, with only the parameters that it declares, and its output
appears under its name only when it is complete. Papermill and nbconvert are imported when they are used: together they
cost two seconds, and most commands need neither.
"""

import ast
import json
import logging
import re
import secrets
import sys
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from recon.errors import WrongUse
from recon.files import complete

Parameter = str | int | bool


class NotebookFailed(RuntimeError):
    """A cell raised an error: a defect of the notebook or of what it calls, not of its user."""


def execute(notebook: str, parameters: Mapping[str, Parameter], output: Path, *, progress: bool = False) -> None:
    """Run a notebook by its name and write the executed copy, which only its owner may read.

    Args:
        notebook: name without `.ipynb`, such as `batch_report`.
        parameters: values for names that the notebook's parameters cell declares, of the type declared there. The
            kernel's working directory is not the caller's, so a path among them should be absolute.
        output: where the executed notebook goes; nothing appears there unless every cell ran.
        progress: show papermill's progress bar on standard error.

    Raises:
        WrongUse: there is no such notebook, or it does not declare such a parameter.
        NotebookFailed: a cell raised an error, which is named in the message, or the kernel died.
    """
    source = find(notebook)
    _check_parameters(notebook, parameters, declared(source))
    with tempfile.TemporaryFile() as kernel_log, _quiet_and_quick():
        executed = _run(source, dict(parameters), kernel_log, progress=progress)
        executed.metadata.papermill.update(input_path=source.name, output_path=output.name)
        import nbformat

        text = nbformat.writes(executed)  # type: ignore[no-untyped-call]  # nbformat has no type hints
    with complete(output, private=True) as file:
        file.write(f"{text}\n".encode())


def to_html(executed: Path, output: Path, title: str) -> None:
    """Turn an executed notebook into a static page: no input cells, no script, no outside address.

    What the notebook wrote to standard error is left out; what it displayed is taken as it is, so values must have been
    escaped by `recon.rendering`, as they are in the notebooks here.
    """
    from recon.rendering.html import Html
    from recon.rendering.page import page

    displayed = _Displayed()
    with _quiet_and_quick():
        import nbformat
        from nbconvert.exporters import HTMLExporter

        notebook = nbformat.read(executed, as_version=4)  # type: ignore[no-untyped-call]
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs = [displayed.held_back(shown) for shown in cell.outputs if shown.get("name") != "stderr"]
        exporter = HTMLExporter(  # type: ignore[no-untyped-call]
            template_name="basic",
            exclude_input=True,
            exclude_input_prompt=True,
            exclude_output_prompt=True,
            exclude_anchor_links=True,
        )
        body, _ = exporter.from_notebook_node(notebook)
    with complete(output, private=True) as file:
        file.write(page(title, Html(displayed.put_back(body))).encode())


class _Displayed:
    """Holds the HTML that cells displayed while nbconvert works.

    Nbconvert parses its page anew, which takes seconds for a long report and may spell the markup otherwise.
    """

    def __init__(self) -> None:
        self._mark = f"displayed-{secrets.token_hex(16)}-"  # nothing that a cell displays can contain it
        self._held: list[str] = []

    def held_back(self, shown: Any) -> Any:
        """Put a mark where an output displays HTML."""
        if "text/html" in shown.get("data", {}):
            self._held.append("".join(shown.data["text/html"]))
            shown.data["text/html"] = f"{self._mark}{len(self._held) - 1}."
        return shown

    def put_back(self, body: str) -> str:
        """Replace the marks by what they stand for."""
        return re.sub(rf"{self._mark}([0-9]+)\.", lambda found: self._held[int(found[1])], body)


@contextmanager
def _quiet_and_quick() -> Iterator[None]:
    """Keep notebook libraries from warning about each other, and jsonschema from a slow start.

    Jsonschema, which nbformat imports, builds 38 grammars for international addresses if `rfc3987_syntax` is there; no
    notebook has a field that needs them, and they cost 1.3 s of every run. It does without when that import fails.
    """
    slow = "rfc3987_syntax"
    is_ours = "jsonschema" not in sys.modules and slow not in sys.modules
    if is_ours:
        sys.modules[slow] = None  # type: ignore[assignment]  # Python's own way to make an import fail
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        if is_ours:
            del sys.modules[slow]


def find(notebook: str) -> Path:
    """Find a notebook beside the package, or where an installed package keeps its data.

    Raises:
        WrongUse: there is none of that name.
    """
    places = (Path(__file__).parents[1] / "notebooks", Path(sys.prefix) / "share" / "recon" / "notebooks")
    if re.fullmatch(r"[A-Za-z0-9_]+", notebook):
        for place in places:
            if (place / f"{notebook}.ipynb").is_file():
                return place / f"{notebook}.ipynb"
    raise WrongUse(f"There is no notebook {notebook!r}; looked in {' and '.join(map(str, places))}.")


def declared(source: Path) -> dict[str, type]:
    """Give name and type of each parameter that a notebook declares.

    The cell tagged `parameters` may hold nothing but plain defaults, such as `run_folder: str = ""`. It is read, not
    run: a name that only looks like a parameter must not become code.
    """
    cells = json.loads(source.read_text(encoding="utf-8"))["cells"]
    tagged = [cell for cell in cells if "parameters" in cell.get("metadata", {}).get("tags", [])]
    found: dict[str, type] = {}
    for statement in ast.parse("".join("".join(cell["source"]) + "\n" for cell in tagged)).body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=default)):
                found[name] = type(default)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=default)):
                found[name] = type(default)
            case _:
                raise RuntimeError(f"{source.name}: its parameters cell may hold plain defaults only")
    return found


def _check_parameters(notebook: str, parameters: Mapping[str, Parameter], known: Mapping[str, type]) -> None:
    for name, value in parameters.items():
        if name not in known:
            raise WrongUse(f"The notebook {notebook} has no parameter {name!r}; it has {', '.join(known) or 'none'}.")
        if type(value) is not known[name]:
            raise WrongUse(
                f"The parameter {name} of the notebook {notebook} is of type {known[name].__name__}, "
                f"not {type(value).__name__}."
            )


def _run(source: Path, parameters: dict[str, Parameter], kernel_log: IO[bytes], *, progress: bool) -> Any:
    """Execute through papermill and give the executed notebook; nothing is written."""
    from nbclient.exceptions import DeadKernelError
    from papermill import PapermillExecutionError, execute_notebook

    # What papermill logs also ends in the error raised here; without a handler Python would print it as well.
    logging.getLogger("papermill").addHandler(logging.NullHandler())
    try:
        return execute_notebook(
            str(source).replace("{", "{{").replace("}", "}}"),  # papermill formats paths with the parameters
            None,
            parameters=parameters,
            kernel_name="python3",
            language="python",
            progress_bar=progress,
            kernel_manager_class=_this_interpreter(kernel_log),
            # The kernel looks for modules where it starts: there it finds this package, installed or not.
            resources={"metadata": {"path": str(Path(__file__).parents[1])}},
        )
    except PapermillExecutionError as error:
        raise NotebookFailed(f"{source.name}, cell {error.cell_index}: {error.ename}: {error.evalue}") from error
    except (DeadKernelError, RuntimeError) as error:
        kernel_log.seek(0)
        last = kernel_log.read().decode("utf-8", errors="replace").strip()[-2_000:]
        raise NotebookFailed(f"{source.name}: its kernel did not run: {error}\n{last}".rstrip()) from error


def _this_interpreter(log: IO[bytes]) -> type:
    """Make a kernel manager that starts this interpreter, whatever a kernelspec called `python3` may point at."""
    import zmq
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager

    class ThisInterpreter(AsyncKernelManager):
        def __init__(self, **settings: Any) -> None:
            super().__init__(**settings)
            # With no folder to look in, what is left is the kernel that ipykernel derives from sys.executable.
            self.kernel_spec_manager = KernelSpecManager(kernel_dirs=[])
            # Names and amounts travel over a local port; where ZeroMQ can, nobody else on the machine reads them.
            self.transport_encryption = "auto" if zmq.has("curve") else "disabled"

        async def _async_start_kernel(self, **options: Any) -> None:
            await super()._async_start_kernel(stdout=log, stderr=log, **options)

        start_kernel = _async_start_kernel

    return ThisInterpreter
