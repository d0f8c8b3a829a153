using System;
using System.Collections.Generic;

namespace DoorController.Hal.Host
{
    /// <summary>
    /// The one system thread that dispatches native events to managed code, one by one, at the highest priority: so an event
    /// runs at once, also in the middle of the firmware's loop, unless the runtime stands still or an event is being
    /// dispatched already (PLATFORM.md 1.5).
    /// </summary>
    internal sealed class EventSink
    {
        /// <summary>Records in the native queue; on overflow the oldest go (PLATFORM.md 1.5).</summary>
        private const int QueueLimit = 128;

        private readonly LinkedList<Action> _events = new();
        private readonly Queue<Action> _afterwards = new();

        /// <summary>True while the whole runtime stands still in a blocked native call.</summary>
        internal bool IsFrozen { get; set; }

        /// <summary>True while an event is being dispatched: the code that runs is on the radio's thread.</summary>
        internal bool IsDispatching { get; private set; }

        /// <summary>Puts an event into the queue, and runs it if nothing is in the way.</summary>
        internal void Post(Action managedEvent)
        {
            if (_events.Count == QueueLimit)
            {
                _events.RemoveFirst();
            }

            _events.AddLast(managedEvent);
            Dispatch();
        }

        /// <summary>
        /// Does something that belongs to the phone's side as soon as the radio's thread is free: nobody in the air runs inside
        /// a handler.
        /// </summary>
        internal void Afterwards(Action phoneEvent)
        {
            _afterwards.Enqueue(phoneEvent);
            if (!IsDispatching)
            {
                RunAfterwards();
            }
        }

        /// <summary>Dispatches all that waits.</summary>
        internal void Dispatch()
        {
            while (!IsFrozen && !IsDispatching && _events.First != null)
            {
                Action managedEvent = _events.First.Value;
                _events.RemoveFirst();
                IsDispatching = true;
                try
                {
                    managedEvent();
                }
                finally
                {
                    IsDispatching = false;
                }

                RunAfterwards();
            }
        }

        /// <summary>Forgets all that waits: the processor restarts.</summary>
        internal void Clear()
        {
            _events.Clear();
            IsFrozen = false;
        }

        private void RunAfterwards()
        {
            while (_afterwards.TryDequeue(out Action? phoneEvent))
            {
                phoneEvent();
            }
        }
    }
}
