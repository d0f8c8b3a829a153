using System.Collections.Generic;

namespace DoorController.Hal.Host
{
    /// <summary>The power of a virtual flash: counts its steps, and goes away in a chosen one.</summary>
    public sealed class FlashPower
    {
        internal FlashPower()
        {
        }

        /// <summary>Steps so far.</summary>
        public int Steps { get; private set; }

        /// <summary>All steps, when set; a cut rig learns from it where it can cut.</summary>
        public IList<FlashStep>? Trace { get; set; }

        /// <summary>Steps until power goes, the one it goes in included; 0 = it stays.</summary>
        public int CutAt { get; set; }

        /// <summary>How the close that is cut lands. A create or delete is done or not: done, unless this is <see cref="TornShape.Nothing"/>.</summary>
        public TornShape Shape { get; set; }

        /// <summary>Bytes of the file that land, for the shapes that tear; at least up to the first changed byte.</summary>
        public int Length { get; set; }

        /// <summary>True from a cut until <see cref="Restore"/>.</summary>
        public bool IsLost { get; private set; }

        /// <summary>Power is back, and stays.</summary>
        public void Restore()
        {
            IsLost = false;
            CutAt = 0;
        }

        /// <summary>Counts a step.</summary>
        /// <returns>True when power goes in it: the caller leaves flash as the step leaves it and throws <see cref="PowerLostException"/>.</returns>
        internal bool GoesIn(FlashStepKind kind, string file, int from, int length)
        {
            Steps++;
            Trace?.Add(new FlashStep(kind, file, from, length));
            if (CutAt == 0 || --CutAt > 0)
            {
                return false;
            }

            IsLost = true;
            return true;
        }
    }
}
