using System;
using System.Collections.Generic;
using DoorController.Flash.Nanoff;

namespace DoorController.Flash
{
    /// <summary>One thing that is done to a board or looked at on this computer, and what must be seen of it.</summary>
    /// <param name="Title">What it does, as the person reads it.</param>
    /// <param name="Command">The call of nanoff; null for a look at a file of this computer.</param>
    /// <param name="Judge">Throws when the answer, or the file, does not show that the step was done. The answer of a look is empty.</param>
    internal sealed record Step(string Title, NanoffCommand? Command, Action<NanoffResult> Judge)
    {
        /// <summary>Files that the call reads, as a dry run shows them: name and text without secrets.</summary>
        public IReadOnlyList<(string Name, string Text)> Documents { get; init; } = [];

        /// <summary>A look at a file of this computer.</summary>
        public static Step Look(string title, Action judge)
        {
            return new Step(title, null, _ => judge());
        }
    }
}
