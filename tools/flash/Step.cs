using System;
using System.Collections.Generic;
using DoorController.Flash.Nanoff;

namespace DoorController.Flash
{
    /// <summary>One call of nanoff and what must be seen in its answer.</summary>
    /// <param name="Title">What it does, as the person reads it.</param>
    /// <param name="Command">The call.</param>
    /// <param name="Judge">Throws when the answer does not show that the step was done.</param>
    internal sealed record Step(string Title, NanoffCommand Command, Action<NanoffResult> Judge)
    {
        /// <summary>Files that the call reads, as a dry run shows them: name and text without secrets.</summary>
        public IReadOnlyList<(string Name, string Text)> Documents { get; init; } = [];
    }
}
